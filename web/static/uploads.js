// Sends each file by itself, with its progress. Without this script the form sends them together.
"use strict";

(() => {
  const filed = document.getElementById("filed"); // the heading over all that is on file

  // The first piece of a question that has no list yet.
  const addTo = (heading, answer) => {
    const name = document.createElement("h3");
    name.textContent = answer.question;
    const list = document.createElement("div");
    list.innerHTML = answer.html;
    heading.after(name, list);
  };

  const send = (form, file, line) => new Promise((done) => {
    const data = new FormData(form);
    data.delete("files");
    data.delete("form_key");
    if (file) {
      data.append("files", file);
      data.delete("url");
    }
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("x-form-key", form.elements.form_key.value);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) line.bar.value = event.loaded / event.total;
    });
    request.addEventListener("loadend", () => {
      let answer;
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        answer = { problem: form.dataset.lost };
      }
      const fine = request.status >= 200 && request.status < 300;
      line.say(fine ? answer.said : answer.problem || form.dataset.lost, fine);
      if (fine && answer.html) {
        const old = document.querySelector(`[data-pieces="${CSS.escape(answer.question)}"]`);
        if (old) old.outerHTML = answer.html; // drawn by our own template, as in the page
        else if (filed) addTo(filed, answer);
      }
      done(fine);
    });
    request.send(data);
  });

  const lineFor = (form, name) => {
    const item = document.createElement("li");
    const words = document.createElement("span");
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", name);
    words.textContent = `${name}: ${form.dataset.sending} `;
    item.append(words, bar);
    form.querySelector(".zi-sent").append(item);
    return {
      bar,
      say(text, fine) {
        bar.remove();
        words.textContent = `${name}: ${text}`;
        words.className = fine ? "" : "zi-late";
      },
    };
  };

  const sendAll = async (form, files) => {
    let all = true;
    const link = form.elements.url && form.elements.url.value.trim();
    for (const file of files) {
      const line = lineFor(form, file.name);
      if (file.size > Number(form.dataset.limit)) {
        line.say(form.dataset.large, false);
        all = false;
      } else all = (await send(form, file, line)) && all;
    }
    if (link && !files.length) all = (await send(form, null, lineFor(form, link))) && all;
    form.elements.files.value = "";
    if (all && link) form.elements.url.value = "";
    delete form.dataset.sent;
  };

  for (const form of document.querySelectorAll(".zi-upload")) {
    form.addEventListener("submit", (event) => {
      const link = form.elements.url && form.elements.url.value.trim();
      if (!form.elements.files.files.length && !link) return;
      event.preventDefault();
      event.stopPropagation();
      sendAll(form, [...form.elements.files.files]);
    });
    const ground = form.closest(".zi-proofs") || form; // what is dropped beside a question belongs to it
    ground.addEventListener("dragover", (event) => {
      event.preventDefault();
      ground.classList.add("zi-over");
    });
    ground.addEventListener("dragleave", () => ground.classList.remove("zi-over"));
    ground.addEventListener("drop", (event) => {
      event.preventDefault();
      ground.classList.remove("zi-over");
      const fold = form.closest("details.zi-add");
      if (fold) fold.open = true;
      if (form.reportValidity()) sendAll(form, [...event.dataTransfer.files]);
    });
  }
})();
