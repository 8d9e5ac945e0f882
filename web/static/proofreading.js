// The desk works without this file. With it: doubtful characters one by one, lines cut, joined and moved by keys and
// by dragging, characters by code point or by description. The form it sends is the same.
"use strict";

const form = document.querySelector("form.proofing");

if (form) desk();

function desk() {
  const rows = form.querySelector(".rows");
  const vertical = form.classList.contains("vertical");
  const unit = vertical ? "列" : "行";
  const tray = form.querySelector(".tray");
  const past = [];
  let current = null, changed = false, next = 0, typing = null;

  const all = () => [...rows.querySelectorAll("fieldset.stretch")];
  const text = (row) => row.querySelector(".reads input");
  const box = (row, name) => row.querySelector(`[name^="${name}."]`);
  const at = (row) => all().indexOf(row);
  const chars = (string) => [...string];
  // Carets count UTF-16 units, the house counts characters.
  const place = (input, unit16 = input.selectionStart) => chars(input.value.slice(0, unit16)).length;
  const units = (string, n) => chars(string).slice(0, n).join("").length;

  // What each line's characters are: where they come from, and whether they are doubtful.
  const held = new WeakMap();
  for (const row of all()) {
    const doubts = new Map();
    for (const one of (text(row).dataset.doubts || "").split(" ").filter(Boolean)) {
      const [, place, rival, others] = one.match(/^(\d+)(~?):(.*)$/s);
      doubts.set(Number(place), Object.assign(others.split(",").filter(Boolean), { rival: Boolean(rival) }));
    }
    held.set(row, { text: text(row).value, doubts });
    next = Math.max(next, Number(text(row).name.slice(2)) + 1);
  }

  function say(words) {
    said.textContent = "";
    requestAnimationFrame(() => { said.textContent = words; });
  }

  // The tray: doubts, candidates, insertion, undoing, what happened.
  const make = (tag, words = "", more = {}) => Object.assign(document.createElement(tag), { textContent: words, ...more });
  const tool = (words, title, act) => {
    const button = make("button", words, { type: "button", title });
    button.addEventListener("click", act);
    tray.append(button);
    return button;
  };
  tool("上一疑", "Shift+F2", () => doubt(-1));
  tool("下一疑", "F2", () => doubt(1));
  const offers = make("span", "", { className: "offers" });
  tray.append(offers);
  const insertion = make("label", "", { className: "insert" });
  insertion.append(make("span", "插入"));
  const wanted = make("input", "", { placeholder: "U+9B9A 或 ⿰木木", title: "F8" });
  wanted.setAttribute("autocomplete", "off");
  wanted.setAttribute("form", "none");
  insertion.append(wanted);
  tray.append(insertion);
  tool("撤销", "Alt+Z", undo);
  const said = make("span", "", { className: "said" });
  said.setAttribute("role", "status");
  tray.append(said);
  tray.hidden = false;
  form.classList.add("live");

  // Drawing what is marked, below the words themselves.
  function draw(row) {
    const under = row.querySelector(".under"), state = held.get(row);
    under.replaceChildren(...chars(text(row).value).map((one, n) =>
      state.doubts.has(n) ? make("mark", one, { className: state.doubts.get(n).rival ? "rival" : "" }) : document.createTextNode(one)));
    fit(row);
    const many = state.doubts.size, badge = row.querySelector(".set > summary .doubt");
    if (badge) { badge.textContent = many ? `${many}疑` : ""; }
    count();
  }

  // Words as long as their picture, so that every character stands by its own.
  function fit(row) {
    const shot = row.querySelector("svg.shot"), many = chars(text(row).value).length;
    row.style.removeProperty("--type");
    row.style.removeProperty("--pitch");
    if (!shot || !many) return;
    const long = shot.getBoundingClientRect()[vertical ? "height" : "width"];
    const size = parseFloat(getComputedStyle(text(row)).fontSize);
    const pitch = (long - many * size) / many / size;
    if (pitch < 0) row.style.setProperty("--type", `${Math.max(10, 0.99 * long / many).toFixed(1)}px`);
    row.style.setProperty("--pitch", pitch < 0 ? "0px" : pitch < 0.9 ? `${pitch.toFixed(3)}em` : ".05em");
  }

  // On a narrow screen all lines are shown at one scale.
  function fitAll() {
    const shots = vertical ? [] : [...rows.querySelectorAll("svg.shot")];
    const long = Math.max(1, ...shots.map((shot) => Number(shot.getAttribute("width"))));
    const scale = Math.min(1, (rows.clientWidth - 12) / long);
    shots.forEach((shot) => { shot.style.width = `${Math.round(scale * Number(shot.getAttribute("width")))}px`; });
    all().forEach(fit);
  }

  function count() {
    const shown = document.getElementById("doubtful");
    if (shown) shown.textContent = all().reduce((sum, row) => sum + held.get(row).doubts.size, 0);
  }

  // What was typed: marks stay with their characters.
  function typed(row) {
    const state = held.get(row), before = chars(state.text), after = chars(text(row).value);
    let head = 0, tail = 0;
    while (head < before.length && head < after.length && before[head] === after[head]) head++;
    while (tail < before.length - head && tail < after.length - head
      && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
    const moved = new Map(), shift = after.length - before.length;
    for (const [n, others] of state.doubts) {
      if (n < head) moved.set(n, others);
      else if (n >= before.length - tail) moved.set(n + shift, others);
    }
    vouch(row, (n) => (n < head ? n : n >= before.length - tail ? n + shift : -1));
    state.text = text(row).value;
    state.doubts = moved;
    changed = true;
    draw(row);
  }

  // Characters a person has read for sure, as the form tells them.
  function vouch(row, moved, more = []) {
    let kept = box(row, "v");
    if (!kept) {
      if (!more.length) return;
      kept = make("input", "", { type: "hidden", name: `v.${text(row).name.slice(2)}` });
      row.append(kept);
    }
    const places = kept.value.split(" ").filter(Boolean).map(Number).map(moved).filter((n) => n >= 0);
    kept.value = [...new Set([...places, ...more])].sort((a, b) => a - b).join(" ");
  }

  function replace(row, n, words, size = 1) {
    const input = text(row), whole = chars(input.value);
    whole.splice(n, size, words);
    input.value = whole.join("");
    typed(row);
    vouch(row, (m) => m, chars(words).map((_, k) => n + k));
  }

  // Doubts one by one.
  function doubt(step) {
    const places = all().flatMap((row) => [...held.get(row).doubts.keys()].sort((a, b) => a - b).map((n) => [row, n]));
    if (!places.length) { pick(null); return say("没有存疑的字了"); }
    const row = document.activeElement.closest?.("fieldset.stretch") || current?.row || all()[0];
    const here = row === current?.row && current.n >= 0 ? current.n : place(text(row)) - (step > 0 ? 1 : 0);
    const rank = ([other, n]) => at(other) * 100000 + n;
    const now = at(row) * 100000 + here;
    const found = step > 0 ? places.find((one) => rank(one) > now) || places[0]
      : places.findLast((one) => rank(one) < now) || places[places.length - 1];
    pick(...found);
  }

  function pick(row, n = -1) {
    current = row ? { row, n } : null;
    offers.replaceChildren();
    if (!row) return;
    const input = text(row), one = chars(input.value)[n], others = held.get(row).doubts.get(n) || [];
    draw(row);
    const marks = [...row.querySelectorAll(".under mark")];
    input.focus({ preventScroll: true });
    input.setSelectionRange(units(input.value, n), units(input.value, n + 1));
    const mark = marks[[...held.get(row).doubts.keys()].sort((a, b) => a - b).indexOf(n)];
    // Down the screen is along the line where lines run down it.
    (mark || input).scrollIntoView(vertical ? { inline: "center", block: "nearest" } : { block: "center", inline: "nearest" });
    offers.append(make("mark", one));
    others.slice(0, 9).forEach((other, k) => {
      const button = make("button", other, { type: "button", title: `改作${other}` });
      button.prepend(make("small", String(k + 1)));
      button.addEventListener("click", () => take(k));
      offers.append(button);
    });
    const keep = make("button", "不错", { type: "button", title: "回车：这个字不错" });
    keep.addEventListener("click", () => sure());
    offers.append(keep);
    say(`第 ${at(row) + 1} ${unit}第 ${n + 1} 字“${one}”${others.length ? `，或作${others.map((c, k) => `${k + 1}${c}`).join("、")}` : ""}`);
  }

  function take(k) {
    const { row, n } = current, other = (held.get(row).doubts.get(n) || [])[k];
    if (!other) return false;
    const before = chars(text(row).value)[n];
    remember();
    replace(row, n, other);
    current = { row, n };
    doubt(1);
    say(`“${before}”改作“${other}”。${said.textContent}`);
    return true;
  }

  function sure() {
    const { row, n } = current;
    remember();
    held.get(row).doubts.delete(n);
    vouch(row, (m) => m, [n]);
    changed = true;
    draw(row);
    doubt(1);
  }

  // Lines: cut, join, add, drop, move. The numbers of their order follow.
  function settle() {
    if (all().length) box(all()[0], "s").checked = false;
    all().forEach((row, n) => {
      box(row, "k").value = (n + 1) * 10;
      row.querySelector("legend").textContent = `第 ${n + 1} ${unit}`;
      row.querySelector(".reads > .away").textContent = `第 ${n + 1} ${unit}`;
      row.classList.toggle("same", box(row, "s").checked);
    });
    changed = true;
    stack();
    all().forEach(grips);
  }

  // What stands on one column of the page is one stack on the screen.
  function stack() {
    if (!vertical) return;
    const stacks = [];
    all().forEach((row) => { if (stacks.length && box(row, "s").checked) stacks[stacks.length - 1].push(row); else stacks.push([row]); });
    const there = [...rows.children].map((one) => [...one.children]);
    if (there.length === stacks.length && there.every((one, n) => one.length === stacks[n].length && one.every((row, m) => row === stacks[n][m]))) return;
    const active = document.activeElement;
    rows.replaceChildren(...stacks.map((some) => {
      const made = make("div", "", { className: "column" });
      made.append(...some);
      return made;
    }));
    if (rows.contains(active)) active.focus({ preventScroll: true });
  }

  // What may be undone: whole acts, and what is typed into a line in one go.
  function remember(row = null) {
    if (row && row === typing) return;
    typing = row;
    past.push(all().map((row) => ({
      row, text: text(row).value, doubts: new Map(held.get(row).doubts), origin: box(row, "o").value,
      role: box(row, "r").value, same: box(row, "s").checked, vouched: box(row, "v")?.value,
    })));
    if (past.length > 50) past.shift();
  }

  function undo() {
    const then = past.pop();
    if (!then) return say("没有可以撤销的");
    rows.replaceChildren(...then.map((one) => {
      text(one.row).value = one.text;
      held.set(one.row, { text: one.text, doubts: new Map(one.doubts) });
      box(one.row, "o").value = one.origin;
      box(one.row, "r").value = one.role;
      box(one.row, "s").checked = one.same;
      if (box(one.row, "v")) box(one.row, "v").value = one.vouched || "";
      return one.row;
    }));
    typing = null;
    then.forEach((one) => { role(one.row); draw(one.row); });
    settle();
    say("已撤销");
  }

  // An origin names characters of what was read: cut it where the line is cut.
  function parted(origin, n, length) {
    const sides = [[], []];
    let seen = 0;
    const pieces = origin.split("+").filter(Boolean).map((piece) => piece.match(/^(\d+)(?::(\d+)-(\d+))?(!\d+)?$/));
    pieces.forEach((piece, k) => {
      const start = Number(piece[2] || 0);
      const end = piece[3] ? Number(piece[3]) : start + Math.max(0, length - seen);
      const cut = Math.min(Math.max(n - seen, 0), end - start);
      const tell = (from, to) => `${piece[1]}:${from}-${to}${piece[4] || ""}`;
      if (cut > 0) sides[0].push(tell(start, start + cut));
      if (cut < end - start) sides[1].push(k === pieces.length - 1 && !piece[3] ? tell(start + cut, 9999) : tell(start + cut, end));
      seen += end - start;
    });
    return sides.map((side) => side.join("+"));
  }

  function twin(row) {
    const made = row.cloneNode(true), number = next++;
    made.id = `l${number}`;
    made.querySelectorAll("[name]").forEach((one) => {
      if (one.tagName === "BUTTON") return;
      one.name = one.name.replace(/\.\d+$/, `.${number}`);
    });
    made.querySelectorAll("[autofocus]").forEach((one) => one.removeAttribute("autofocus"));
    made.querySelectorAll(".doubts, [id^=d]").forEach((one) => one.remove());
    text(made).removeAttribute("aria-describedby");
    box(made, "v")?.remove();
    box(made, "r").value = box(row, "r").value;
    held.set(made, { text: "", doubts: new Map() });
    return made;
  }

  function cut(row, n) {
    const whole = chars(text(row).value);
    if (n <= 0 || n >= whole.length) return say("光标要在两个字之间，才能拆开");
    remember();
    const after = twin(row), state = held.get(row), was = new Map(state.doubts);
    const vouched = (box(row, "v")?.value || "").split(" ").filter(Boolean).map(Number);
    [box(row, "o").value, box(after, "o").value] = parted(box(row, "o").value, n, whole.length);
    text(row).value = whole.slice(0, n).join("");
    text(after).value = whole.slice(n).join("");
    held.set(row, { text: text(row).value, doubts: new Map([...was].filter(([m]) => m < n)) });
    held.set(after, { text: text(after).value, doubts: new Map([...was].filter(([m]) => m >= n).map(([m, o]) => [m - n, o])) });
    if (box(row, "v")) box(row, "v").value = vouched.filter((m) => m < n).join(" ");
    vouch(after, (m) => m, vouched.filter((m) => m >= n).map((m) => m - n));
    box(after, "s").checked = true;
    box(after, "p").checked = false;
    box(after, "i").value = "";
    row.after(after);
    frame(row, 0, n / whole.length);
    frame(after, n / whole.length, 1);
    settle();
    [row, after].forEach(draw);
    text(after).focus();
    text(after).setSelectionRange(0, 0);
    say(`第 ${at(row) + 1} ${unit}拆成了两${unit}`);
  }

  // The part of a line's picture that stands above a part of it.
  function frame(row, from, to) {
    const shot = row.querySelector("svg.shot");
    if (!shot) return;
    const side = vertical ? 1 : 0, view = shot.getAttribute("viewBox").split(" ").map(Number);
    const name = vertical ? "height" : "width", size = Number(shot.getAttribute(name)), long = view[2 + side];
    view[side] += long * from;
    view[2 + side] = long * (to - from);
    shot.setAttribute("viewBox", view.map((one) => Math.round(one)).join(" "));
    shot.setAttribute(name, Math.max(1, Math.round(size * (to - from))));
  }

  function join(row) {
    const after = all()[at(row) + 1];
    if (!after) return say(`这是最后一${unit}`);
    remember();
    const length = chars(text(row).value).length, state = held.get(row);
    held.get(after).doubts.forEach((others, n) => state.doubts.set(n + length, others));
    const more = (box(after, "v")?.value || "").split(" ").filter(Boolean).map((n) => Number(n) + length);
    const caret = text(row).value.length;
    text(row).value += text(after).value;
    state.text = text(row).value;
    box(row, "o").value = [box(row, "o").value, box(after, "o").value].filter(Boolean).join("+");
    vouch(row, (n) => n, more);
    const [one, two] = [row, after].map((each) => each.querySelector("svg.shot"));
    if (one && two) {
      const [a, b] = [one, two].map((each) => each.getAttribute("viewBox").split(" ").map(Number));
      const left = Math.min(a[0], b[0]), top = Math.min(a[1], b[1]);
      const wide = Math.max(a[0] + a[2], b[0] + b[2]) - left, high = Math.max(a[1] + a[3], b[1] + b[3]) - top;
      const scale = Number(one.getAttribute("width")) / a[2];
      one.setAttribute("viewBox", [left, top, wide, high].join(" "));
      one.setAttribute("width", Math.round(wide * scale));
      one.setAttribute("height", Math.round(high * scale));
    }
    after.remove();
    settle();
    draw(row);
    text(row).focus();
    text(row).setSelectionRange(caret, caret);
    say(`已与下一${unit}合并`);
  }

  function add(row) {
    remember();
    const made = twin(row);
    text(made).value = box(made, "o").value = box(made, "i").value = "";
    box(made, "s").checked = box(made, "p").checked = false;
    box(made, "r").value = "text";
    made.querySelector("svg.shot")?.remove();
    row.after(made);
    role(made);
    draw(made);
    settle();
    text(made).focus();
    say(`加了第 ${at(made) + 1} ${unit}`);
  }

  function drop(row) {
    if (all().length < 2) return say(`只剩这一${unit}，不能删去`);
    remember();
    const n = at(row), after = all()[n + 1];
    if (after && box(after, "s").checked && !box(row, "s").checked) box(after, "s").checked = false;
    row.remove();
    settle();
    count();
    text(all()[Math.min(n, all().length - 1)]).focus();
    say(`删去了第 ${n + 1} ${unit}。按 Alt+Z 撤销`);
  }

  // A printed line or column: the stretches that stand on it.
  function column(row) {
    const list = all();
    let from = at(row), to = from;
    while (from > 0 && box(list[from], "s").checked) from--;
    while (to + 1 < list.length && box(list[to + 1], "s").checked) to++;
    return list.slice(from, to + 1);
  }

  // Put a stretch, or a whole column, beside others. Inside a column it becomes part of it; what it leaves stays one.
  function put(some, target, after, whole) {
    const left = column(some[0]).filter((row) => row !== some[0]), head = !box(some[0], "s").checked;
    if (after) target[target.length - 1].after(...some);
    else target[0].before(...some);
    if (whole) return;
    const same = (row) => box(row, "s");
    if (head && left.length) same(left[0]).checked = false;
    const list = all(), before = list[at(some[0]) - 1], next = list[at(some[0]) + 1];
    if (next && left.includes(next)) same(next).checked = true;
    same(some[0]).checked = Boolean(next && same(next).checked && !(left.includes(next) && next === left[0]))
      || left.includes(before);
  }

  function move(row, step, whole) {
    const some = whole ? column(row) : [row], list = all();
    const beside = list[step < 0 ? at(some[0]) - 1 : at(some[some.length - 1]) + 1];
    if (!beside) return say(step < 0 ? `已在最前` : `已在最后`);
    remember();
    put(some, whole ? column(beside) : [beside], step > 0, whole);
    settle();
    text(row).focus();
    row.scrollIntoView({ block: "nearest" });
    say(`移到了第 ${at(row) + 1} ${unit}`);
  }

  function role(row) {
    const select = box(row, "r"), names = [...select.options].map((one) => one.value);
    row.classList.remove(...names.map((name) => `as-${name}`));
    row.classList.add(`as-${select.value}`);
    const summary = row.querySelector(".set > summary");
    summary.firstChild.nodeValue = select.selectedOptions[0].textContent;
  }

  // A character by code point, or one that has none by what it is made of.
  function insert() {
    const asked = wanted.value.trim(), row = current?.last || all()[0];
    if (!asked || !row) return;
    const code = asked.match(/^(?:U\+|0x|u)?([0-9a-f]{4,6})$/i);
    let put = asked;
    if (code) {
      const number = parseInt(code[1], 16);
      if (number > 0x10ffff || (number >= 0xd800 && number <= 0xdfff) || number < 32) return say("没有这个码位");
      put = String.fromCodePoint(number);
    } else if (/[\u2ff0-\u2fff\u31ef]/.test(asked) && !whole(asked)) {
      return say("描述不完整，如 ⿰木木、⿱艹⿰木木");
    }
    remember();
    const input = text(row);
    input.setRangeText(put, input.selectionStart, input.selectionEnd, "end");
    typed(row);
    input.focus();
    wanted.value = "";
    say(`插入了“${put}”`);
  }

  // Whether a description (IDS) is one character from end to end: every sign has its two or three parts.
  function whole(described) {
    let open = 1;
    for (const one of described) {
      if (!open) return false;
      open += "⿲⿳".includes(one) ? 2 : "⿾⿿".includes(one) ? 0 : /[\u2ff0-\u2ffd\u31ef]/.test(one) ? 1 : -1;
    }
    return open === 0;
  }

  // Keys.
  rows.addEventListener("focusin", (event) => {
    const row = event.target.closest("fieldset.stretch");
    form.querySelectorAll(".leaf rect.here").forEach((one) => one.classList.remove("here"));
    if (!row) return;
    if (event.target === text(row) && current?.row !== row) { current = null; offers.replaceChildren(); }
    current = { row: current?.row || null, n: current?.row === row ? current.n : -1, last: row };
    form.querySelector(`.leaf a[href="#${row.id}"] rect`)?.classList.add("here");
  });
  rows.addEventListener("beforeinput", (event) => {
    const row = event.target.closest("fieldset.stretch");
    if (row && event.target === text(row)) remember(row);
  });
  rows.addEventListener("input", (event) => {
    const row = event.target.closest("fieldset.stretch");
    if (event.target === text(row) && !event.isComposing) { typed(row); current = { row: null, n: -1, last: row }; offers.replaceChildren(); }
    else if (event.target === box(row, "r")) { role(row); changed = true; }
    else if (event.target === box(row, "s")) settle();
    else changed = true;
  });
  rows.addEventListener("compositionend", (event) => typed(event.target.closest("fieldset.stretch")));

  rows.addEventListener("keydown", (event) => {
    const row = event.target.closest("fieldset.stretch");
    if (!row || event.isComposing) return;
    if (event.target === box(row, "r")) {
      if (event.key === "Enter") { event.preventDefault(); text(row).focus(); }
      const pickd = event.target.options[Number(event.key) - 1];
      if (pickd && /^[1-9]$/.test(event.key)) {
        event.preventDefault();
        event.target.value = pickd.value;
        role(row);
        changed = true;
        text(row).focus();
        say(`第 ${at(row) + 1} ${unit}作${pickd.textContent}`);
      }
      return;
    }
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      return move(row, event.key === "ArrowUp" ? -1 : 1, event.shiftKey);
    }
    if (event.target !== text(row)) return;
    const input = event.target, n = place(input), marked = input.selectionStart !== input.selectionEnd;
    const onDoubt = current?.row === row && current.n >= 0 && marked;
    const go = (step) => {
      const other = all()[at(row) + step];
      if (!other) return;
      text(other).focus();
      const caret = units(text(other).value, n);
      text(other).setSelectionRange(caret, caret);
    };
    const act = {
      Enter: () => (event.ctrlKey ? cut(row, n) : onDoubt ? sure() : go(1)),
      [vertical ? "ArrowLeft" : "ArrowDown"]: () => go(1),
      [vertical ? "ArrowRight" : "ArrowUp"]: () => go(-1),
    }[event.key];
    if (act && !event.altKey && !event.shiftKey && !event.metaKey && (event.key === "Enter" || !event.ctrlKey)) {
      event.preventDefault();
      return act();
    }
    if (onDoubt && /^[1-9]$/.test(event.key) && !event.ctrlKey && !event.altKey && take(Number(event.key) - 1)) {
      return event.preventDefault();
    }
    if (event.key === "Backspace" && !marked && !event.ctrlKey && input.selectionStart === 0) {
      event.preventDefault();
      if (!input.value) return drop(row);
      const before = all()[at(row) - 1];
      return before && join(before);
    }
    if (event.key === "Delete" && !marked && !event.ctrlKey && input.selectionStart === input.value.length) {
      event.preventDefault();
      return join(row);
    }
    if (event.key === "F4" && !event.altKey) {
      event.preventDefault();
      row.querySelector("details.set").open = true;
      box(row, "r").focus();
      say("按 1 到 9 选它是什么，回车回到文字");
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "F2") { event.preventDefault(); doubt(event.shiftKey ? -1 : 1); }
    else if (event.key === "F8") { event.preventDefault(); wanted.focus(); }
    else if (event.altKey && event.key.toLowerCase() === "z") { event.preventDefault(); undo(); }
    else if (event.ctrlKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      form.requestSubmit(form.querySelector(".keep .first"));
    }
  });
  wanted.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); insert(); }
    if (event.key === "Escape") { event.preventDefault(); text(current?.last || all()[0])?.focus(); }
  });

  // Buttons of a line, done here instead of by the server.
  rows.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=do]"), row = event.target.closest("fieldset.stretch");
    if (!button || !row) return;
    const [name, , n, size, other] = button.value.split(":");
    const act = { cut: () => cut(row, Number(row.dataset.caret ?? -1)), merge: () => join(row), add: () => add(row), drop: () => drop(row),
      take: () => { remember(); replace(row, Number(n), other, Number(size)); button.closest("li")?.remove(); say(`改作“${other}”`); } }[name];
    if (act) { event.preventDefault(); act(); }
  });
  rows.addEventListener("focusout", (event) => {
    const row = event.target.closest("fieldset.stretch");
    if (row && event.target === text(row)) row.dataset.caret = place(event.target);
  });

  // Dragging, by mouse, pen or finger: a line, or all that stands on its printed line.
  function grips(row) {
    row.querySelectorAll(".grip").forEach((one) => one.remove());
    for (const [words, whole] of [["⠿", false], ["整" + unit, true]]) {
      if (whole && (column(row).length < 2 || column(row)[0] !== row)) continue;
      const grip = make("span", words, { className: whole ? "grip whole" : "grip", title: whole ? `拖动整${unit}` : "拖动" });
      grip.setAttribute("aria-hidden", "true");
      grip.addEventListener("pointerdown", (event) => drag(event, grip, row, whole));
      row.append(grip);
    }
  }
  function drag(event, grip, row, whole) {
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    const some = whole ? column(row) : [row];
    let target = null, after = false;
    some.forEach((one) => one.classList.add("carried"));
    const over = (moved) => {
      target?.classList.remove("drop");
      const found = document.elementFromPoint(moved.clientX, moved.clientY)?.closest("fieldset.stretch");
      target = found && !some.includes(found) ? found : null;
      if (!target) return;
      const area = target.getBoundingClientRect();
      const across = (moved.clientX - area.left) / area.width, down = (moved.clientY - area.top) / area.height;
      after = vertical && (whole || across < 0.2 || across > 0.8) ? across < 0.5 : down > 0.5;
      target.classList.add("drop");
    };
    const end = (ended) => {
      grip.removeEventListener("pointermove", over);
      some.forEach((one) => one.classList.remove("carried"));
      target?.classList.remove("drop");
      if (!target || ended.type === "pointercancel") return;
      remember();
      put(some, whole ? column(target) : [target], after, whole);
      settle();
      say(`移到了第 ${at(row) + 1} ${unit}`);
    };
    grip.addEventListener("pointermove", over);
    grip.addEventListener("pointerup", end, { once: true });
    grip.addEventListener("pointercancel", end, { once: true });
  }
  all().forEach(grips);
  fitAll();
  let resized = 0;
  addEventListener("resize", () => { clearTimeout(resized); resized = setTimeout(fitAll, 150); });

  // A line on the whole page leads to its words.
  form.querySelector(".leaf")?.addEventListener("click", (event) => {
    const row = document.getElementById(event.target.closest("a")?.getAttribute("href").slice(1) || "");
    if (!row || !rows.contains(row)) return;
    event.preventDefault();
    text(row).focus();
  });

  // After a save the caret is where it was.
  const memory = "proofreading";
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => {
    changed = false;
    const row = current?.last;
    if (row) sessionStorage.setItem(memory, JSON.stringify([location.pathname, at(row), text(row).selectionStart]));
  });
  const [path, row, caret] = JSON.parse(sessionStorage.getItem(memory) || "[]");
  sessionStorage.removeItem(memory);
  const back = path === location.pathname && !document.querySelector("[autofocus]") ? all()[row] : null;
  if (back) {
    text(back).focus({ preventScroll: true });
    text(back).setSelectionRange(caret, caret);
    back.scrollIntoView({ block: "nearest" });
  }
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}
