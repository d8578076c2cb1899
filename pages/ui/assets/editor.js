// The long text of a draft: sends what is typed every two seconds, keeps what has not arrived in this tab.
// What the text means (levels, numbers, pasted HTML) is decided by the server, which answers with patches.

const PAUSE = 2000;
const STRUCTURED = /mso-list|<h[1-6][\s>]|<[ou]l[\s>]|<li[\s>]/i;
const LONGEST_HTML = 4000000;
const editors = new WeakMap();

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const root = parentElement;
  const known = editors.get(root) ?? begin(root, data);
  editors.set(root, known);
  known.port = { setStateValue, setTriggerValue };
  known.take(data);
  // Called as well when data changes quickly; only an editor that has left the page has ended.
  return () => setTimeout(() => (root.host ?? root).isConnected || known.end());
}

function begin(root, data) {
  const box = root.querySelector("textarea");
  const notice = root.querySelector(".notice");
  const count = root.querySelector(".count");
  const state = root.querySelector(".state");
  const listeners = new AbortController();
  const editor = { port: null, take, end };
  let { rev, ack } = data;
  let n = ack, sent = data.text, sentAt = 0, waitsSince = 0, timer = 0, patched = data.patch?.id ?? 0, kept = null;
  let limit = data.longest, store = data.store;

  if (data.low) {
    box.placeholder = data.low;
    box.parentElement.classList.add("low");
  }
  box.value = data.text;
  offer(stored());
  const on = (target, kind, act) => target.addEventListener(kind, act, { signal: listeners.signal });
  on(box, "input", typed);
  on(box, "blur", send);
  on(box, "paste", paste);
  on(box, "keydown", keys);
  on(window, "pagehide", send);
  root.querySelectorAll("[data-level]").forEach((button) => {
    on(button, "pointerdown", (event) => event.preventDefault()); // the caret stays where it is
    on(button, "click", () => ask(Number(button.dataset.level)));
  });
  on(root.querySelector(".restore"), "click", () => restore(true));
  on(root.querySelector(".drop"), "click", () => restore(false));
  const again = setInterval(() => ack < n && Date.now() - sentAt > 2 * PAUSE && post(), PAUSE);

  function typed() {
    remember(box.value);
    show();
    timer ||= setTimeout(send, Math.max(PAUSE / 4, sentAt + PAUSE - Date.now()));
  }

  function send() {
    clearTimeout(timer);
    timer = 0;
    if (box.value !== sent) post();
  }

  function post() {
    n += 1;
    sent = box.value;
    sentAt = Date.now();
    waitsSince ||= sentAt; // sending again does not shorten the wait
    show();
    editor.port.setStateValue("typed", { text: sent, n, rev });
  }

  function take(fresh) {
    if (fresh.ack !== ack) waitsSince = fresh.ack < n ? Date.now() : 0;
    ack = fresh.ack;
    ({ longest: limit, store } = fresh);
    box.setAttribute("aria-label", fresh.label);
    box.readOnly = fresh.locked;
    if (fresh.rev !== rev) {
      rev = fresh.rev;
      // What was typed on while the line was being saved stays, as the beginning of the next one.
      const goesOn = fresh.low && !fresh.text && fresh.was && box.value.startsWith(fresh.was);
      const more = goesOn ? box.value.slice(fresh.was.length).trimStart() : "";
      if (!more && box.value !== fresh.text && box.value !== sent) offer(box.value);
      if (box.value !== fresh.text + more) box.value = fresh.text + more;
      n = ack;
      waitsSince = 0;
      sent = fresh.text;
      if (more) typed();
    }
    if (fresh.patch && fresh.patch.id !== patched) apply(fresh.patch);
    if (ack >= n && box.value === sent && kept === null) remember(null);
    show();
  }

  function apply(patch) {
    patched = patch.id;
    const there = box.value.startsWith(patch.old, patch.at);
    const at = there ? patch.at : patch.line === null ? box.value.indexOf(patch.old) : -1;
    if (at < 0) return patch.line === null ? undefined : ask(patch.level); // typed meanwhile: ask anew
    replace(at, at + patch.old.length, patch.new);
    if (patch.line !== null) {
      const end = box.value.split("\n").slice(0, patch.line + 1).join("\n").length;
      box.setSelectionRange(end, end);
    }
    send();
  }

  function replace(from, to, text) {
    if (box.value.slice(from, to) === text) return;
    box.focus();
    box.setSelectionRange(from, to);
    // execCommand keeps Ctrl+Z working; where it does not, the text itself matters more.
    if (!document.execCommand("insertText", false, text)) box.setRangeText(text, from, to, "end");
    remember(box.value);
  }

  function ask(level) {
    const line = (place) => box.value.slice(0, place).split("\n").length - 1;
    const [first, last] = [line(box.selectionStart), line(box.selectionEnd)];
    editor.port.setTriggerValue("level", { text: box.value, first, last, level });
  }

  function paste(event) {
    const html = event.clipboardData?.getData("text/html") ?? "";
    const text = (event.clipboardData?.getData("text/plain") ?? "").replace(/\r\n?/g, "\n");
    if (box.readOnly || !text || html.length > LONGEST_HTML || !STRUCTURED.test(html)) return;
    event.preventDefault();
    const at = box.selectionStart;
    replace(at, box.selectionEnd, text);
    typed();
    editor.port.setTriggerValue("pasted", { html, at, old: text });
  }

  function keys(event) {
    const command = event.ctrlKey || event.metaKey;
    if (!command || (event.key !== "Enter" && event.key.toLowerCase() !== "s")) return;
    event.preventDefault();
    send();
  }

  function stored() {
    try {
      return sessionStorage.getItem(store);
    } catch {
      return null;
    }
  }

  function remember(text) {
    try {
      text === null ? sessionStorage.removeItem(store) : sessionStorage.setItem(store, text);
    } catch {
      /* a browser without storage: what was sent is kept by the server */
    }
  }

  function offer(text) {
    if (text === null || text === box.value) return;
    kept = text;
    notice.hidden = false;
    notice.querySelector("span").textContent = `本机还有一段没有送到的文字（${length(text)} 字）`;
  }

  function restore(wanted) {
    if (wanted) replace(0, box.value.length, kept);
    else remember(null);
    kept = null;
    notice.hidden = true;
    if (wanted) send();
  }

  function show() {
    const all = length(box.value);
    count.textContent = `${all} 字` + (box.value.length > limit ? `，最多 ${limit} 字` : "");
    count.classList.toggle("over", box.value.length > limit);
    const waits = ack < n || box.value !== sent;
    const lost = waitsSince && Date.now() - waitsSince > 4 * PAUSE;
    state.textContent = !waits ? "已存草稿" : lost ? "没有连上，先存在本机" : "正在存…";
  }

  function end() {
    send();
    listeners.abort();
    clearInterval(again);
    clearTimeout(timer);
    editors.delete(root);
  }

  return editor;
}

function length(text) {
  return [...text.replace(/\s/g, "")].length;
}
