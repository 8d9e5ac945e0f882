#!/bin/sh
# 为集群签发证书：一个只属于这个集群的机构（ca.pem），每台服务器一份（node1.pem …），有效十年。
# 用法：./certificates.sh [服务器对外的主机名或 IP …]
# 文库所在的电脑要用这里写的名字访问服务器；写了 localhost 和 127.0.0.1 之外的，请逐个列出。
# 已有的 ca.pem 会接着用，服务器证书则重新签发。
set -eu
umask 077
mkdir -p "$(dirname "$0")/certificates"
cd "$(dirname "$0")/certificates"

names="DNS:localhost,IP:127.0.0.1"
for name in "$@"; do
    case $name in
        *:*) kind=IP ;;
        *[!0-9.]*) kind=DNS ;;
        *) kind=IP ;;
    esac
    names="$names,$kind:$name"
done

key() {
    openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out "$1"
}

if [ ! -f ca.pem ]; then
    key ca.key
    openssl req -x509 -new -key ca.key -sha256 -days 3650 -subj "/O=wenku/CN=wenku-ca" -out ca.pem \
        -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign"
fi

for node in node1 node2 node3; do
    key "$node.key"
    cat > "$node.ext" <<END
basicConstraints=CA:FALSE
keyUsage=critical,digitalSignature,keyEncipherment
extendedKeyUsage=serverAuth,clientAuth
subjectAltName=DNS:$node,$names
END
    openssl req -new -key "$node.key" -subj "/O=wenku/CN=$node" |
        openssl x509 -req -CA ca.pem -CAkey ca.key -CAcreateserial -sha256 -days 3650 -extfile "$node.ext" -out "$node.pem"
    rm "$node.ext"
done

# 容器里的服务器以用户 1000 运行，要读得到自己的私钥；机构的私钥 ca.key 不进容器，请另行妥善保存。
chmod 644 ca.pem node?.pem
if [ "$(id -u)" -eq 0 ]; then
    chown 1000 node?.key
else
    chmod 644 node?.key
fi
echo "证书在 $PWD。请把 ca.pem 拷到文库所在的电脑，并在 config.yaml 写明 search.opensearch.ca。"
