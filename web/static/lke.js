// Saves each answer as it changes. Without this script the form has a button for each sub-area.
"use strict";

(() => {
  const says = document.getElementById("says");
  if (!says) return;
  const saved = document.getElementById("saved");
  const waiting = new Map();
  const LATER = 500; // milliseconds: arrow keys run through the choices of a group
  let line = Promise.resolve(); // one at a time, so that an answer is never overtaken by the one before it

  const fields = (item) => [...document.querySelectorAll("[data-item]")].filter((one) => one.dataset.item === item);
  const slot = (kind, item) => document.querySelector(`[data-${kind}="${CSS.escape(item)}"]`);
  const field = (name) => document.getElementsByName(name)[0];

  const sentOf = (item, form) => {
    const sent = new URLSearchParams({ layer: form.elements.layer.value });
    for (const one of fields(item)) {
      if (one.type === "radio" && !one.checked) continue;
      sent.append(one.name, one.value);
    }
    return sent;
  };

  const put = (item, now) => {
    for (const one of document.getElementsByName(`value.${item}`)) {
      if (one.type === "radio") one.checked = one.value === now.value;
      else one.value = now.value;
    }
    const note = field(`note.${item}`);
    if (note) note.value = now.note;
  };

  const taken = (item, sent, answer) => {
    const now = answer.items[item];
    const same = sent.toString() === sentOf(item, field(`was.${item}`).form).toString();
    field(`was.${item}`).value = now.value;
    field(`was-note.${item}`).value = now.mark;
    slot("clash", item).replaceChildren();
    slot("fault", item).textContent = "";
    if (same) put(item, now); // whoever has typed on meanwhile keeps what they typed
    for (const [code, figure] of Object.entries(answer.figures)) {
      for (const one of document.querySelectorAll(`[data-figure="${CSS.escape(code)}"]`)) one.textContent = figure;
    }
    document.getElementById("left").textContent = answer.left;
    saved.textContent = answer.said;
  };

  const refused = (item, answer) => {
    slot("fault", item).textContent = answer.problem;
    saved.textContent = answer.problem;
    for (const [code, html] of Object.entries(answer.clashes || {})) {
      const place = slot("clash", code);
      place.innerHTML = html; // drawn by our own template, as in the page
    }
  };

  const save = async (item) => {
    const form = field(`was.${item}`).form;
    const sent = sentOf(item, form);
    saved.textContent = says.dataset.saving;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: sent,
        keepalive: true, // is sent to its end when the page is left meanwhile
        headers: { Accept: "application/json", "x-form-key": form.elements.form_key.value },
      });
      const said = await answer.json();
      if (answer.ok) taken(item, sent, said);
      else refused(item, said);
    } catch {
      slot("fault", item).textContent = says.dataset.lost;
      saved.textContent = says.dataset.lost;
    }
  };

  const soon = (item, after) => {
    clearTimeout(waiting.get(item));
    waiting.set(item, setTimeout(() => {
      waiting.delete(item);
      line = line.then(() => save(item));
    }, after));
  };

  document.addEventListener("change", (event) => {
    const item = event.target.dataset.item;
    if (!item || event.target.type === "hidden") return;
    soon(item, event.target.type === "radio" ? LATER : 0);
  });

  // What was changed before this script ran, or was put back by the browser.
  for (const was of document.querySelectorAll("[name^='was.']")) {
    const item = was.dataset.item;
    const inputs = [...document.getElementsByName(`value.${item}`)];
    const now = inputs.find((one) => one.type !== "radio" || one.checked);
    const note = field(`note.${item}`);
    if ((now && now.value !== was.value) || (note && note.value !== note.defaultValue)) soon(item, LATER);
  }

  window.addEventListener("beforeunload", (event) => {
    if (waiting.size) event.preventDefault();
  });

  // The next question with something blank, from where the reader is; from the last one back to the first.
  const blank = (one) => [...one.querySelectorAll("[name^='value.']")].some((input) =>
    input.type === "radio" ? input.checked && input.value === "" : input.value.trim() === "");
  const next = () => {
    const all = [...document.querySelectorAll(".zi-question")];
    const at = all.findIndex((one) => one.contains(document.activeElement));
    const found = [...all.slice(at + 1), ...all.slice(0, at + 1)].find(blank);
    const input = found && (found.querySelector("input[type=radio]:checked[value='']") || [...found.querySelectorAll(".zi-count")].find((one) => !one.value.trim()));
    if (input) {
      found.scrollIntoView({ block: "start" });
      input.focus();
    }
  };
  const button = document.getElementById("next");
  button.hidden = false;
  button.addEventListener("click", next);
  document.addEventListener("keydown", (event) => {
    if (event.altKey && !event.ctrlKey && event.key.toLowerCase() === "n") {
      event.preventDefault();
      next();
    }
  });
})();
