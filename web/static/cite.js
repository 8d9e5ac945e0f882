// Reading works without this file. With it: copy buttons, and a citation for whatever words are selected.
"use strict";

// Copy text, also where the page is served without TLS in a reading room.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

function copyButton(label, text) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = label;
  button.addEventListener("click", async () => {
    await copy(text());
    button.textContent = "已复制";
    setTimeout(() => { button.textContent = label; }, 2000);
  });
  return button;
}

for (const place of document.querySelectorAll("[data-copy]")) {
  const text = place.textContent;
  place.append(" ", copyButton("复制", () => text));
}

const article = document.querySelector("article.text[data-cite]:not([data-cite=''])");

// Stored-text offsets (in characters, not UTF-16 units) of what `range` selects in a passage, and the words.
function selected(range, passage) {
  let at = 0, start = -1, end = -1, words = "";
  const walker = document.createTreeWalker(passage, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
    node.nodeType === 1 && node.hasAttribute("data-skip") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeType === 1) {
      if (node.hasAttribute("data-at")) at = Number(node.dataset.at);
      continue;
    }
    const text = node.data;
    if (range.intersectsNode(node)) {
      const from = node === range.startContainer ? range.startOffset : 0;
      const to = node === range.endContainer ? range.endOffset : text.length;
      if (from < to) {
        if (start < 0) start = at + [...text.slice(0, from)].length;
        end = at + [...text.slice(0, to)].length;
        words += text.slice(from, to);
      }
    }
    at += [...text].length;
  }
  return end > start ? { start, end, words } : null;
}

function offer() {
  const old = document.querySelector(".pick");
  const selection = getSelection();
  const range = selection.rangeCount && !selection.isCollapsed ? selection.getRangeAt(0) : null;
  if (!range || !article || !article.contains(range.commonAncestorContainer)) {
    if (old && !old.contains(document.activeElement)) old.remove();
    return;
  }
  const found = [...article.querySelectorAll("[id^=p]")]
    .filter((passage) => range.intersectsNode(passage))
    .map((passage) => [passage.id.slice(1), selected(range, passage)])
    .filter(([, one]) => one);
  if (!found.length) return;
  const [ref, one] = found[0];
  const address = `${article.dataset.cite}:${ref}@${one.start}-${one.end}`;
  const bar = old || document.createElement("div");
  bar.className = "pick";
  bar.setAttribute("role", "status");
  const link = document.createElement("a");
  link.href = address;
  link.textContent = found.length > 1 ? "引用所选文字（限第一段）" : "引用所选文字";
  const urn = `urn:cts:hengyang:${address.slice("/cite/".length)}`;
  const name = document.createElement("span");
  name.className = "address";
  name.textContent = urn;
  bar.replaceChildren(link, name, copyButton("复制", () => `“${one.words}”\n${urn}`));
  if (!old) article.after(bar);
}

if (article) {
  let waiting = 0;
  document.addEventListener("selectionchange", () => {
    clearTimeout(waiting);
    waiting = setTimeout(offer, 150);
  });
}
