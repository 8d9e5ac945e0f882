#!/usr/bin/env bash
# The browser tests drive Debian's Chromium; without it they are skipped and say so.
set -u
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk >/dev/null && exit 0
fi
echo "没有 Chromium，浏览器测试将跳过。Debian 上可用 apt-get install chromium fonts-noto-cjk 安装。"
