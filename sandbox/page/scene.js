/** For developers: what goes wrong on purpose, and what the app has asked of Slack. */

import { get, post } from "./control.js";
import { h, icon, iconButton } from "./dom.js";
import { toast } from "./toast.js";

const EVERY = 2000;
const SHOWN = 80;

export function createScene() {
  const faults = h("div.faults");
  const calls = h("div.calls", { dataset: { testid: "calls" } });
  const element = h(
    "aside.scene",
    { "aria-label": "Scene", hidden: true, dataset: { testid: "scene" } },
    h(
      "header.place-head",
      {},
      h(
        "div.place-title",
        {},
        h("h2", {}, "Scene"),
        h("p.quiet.topic", {}, "Make things go wrong, and watch the app"),
      ),
      iconButton("close", "Close the scene", close),
    ),
    h("div.scene-body", {}, h("h3", {}, "Faults"), faults, h("h3", {}, "Calls of the app"), calls),
  );
  let timer = null;
  let seen = "";
  let opener = null;

  element.addEventListener("keydown", (event) => event.key === "Escape" && close());
  faults.replaceChildren(...controls());

  function controls() {
    const redeliver = number("Deliver each event again", "times", 0, 5);
    const delay = number("Wait before each event", "ms", 0, 10000, 250);
    const method = h("input", {
      type: "text",
      value: "chat.postMessage",
      "aria-label": "Method",
      list: "methods",
      spellcheck: "false",
    });
    const times = h("input", {
      type: "number",
      value: "1",
      min: "1",
      max: "99",
      "aria-label": "Times",
    });
    redeliver.input.addEventListener("change", () =>
      set({ redeliver: Number(redeliver.input.value) }),
    );
    delay.input.addEventListener("change", () => set({ delay_ms: Number(delay.input.value) }));
    const limited = () =>
      set(
        { rate_limit: { method: method.value, times: Number(times.value), retry_after: 1 } },
        `The next ${times.value} ${method.value} are answered 429.`,
      );
    const failing = () =>
      set(
        { fail: { method: method.value, times: Number(times.value), error: "internal_error" } },
        `The next ${times.value} ${method.value} fail.`,
      );
    const list = [
      "chat.postMessage",
      "chat.update",
      "chat.startStream",
      "chat.appendStream",
      "chat.stopStream",
      "views.open",
      "views.publish",
      "users.info",
    ];
    return [
      redeliver.row,
      delay.row,
      h(
        "div.fault",
        {},
        h("span", {}, "Refuse the next"),
        h(
          "span.fault-fields",
          {},
          times,
          method,
          h(
            "datalist",
            { id: "methods" },
            list.map((name) => h("option", { value: name })),
          ),
        ),
        h("span.fault-fields", {}, press("429", limited), press("Fail", failing)),
      ),
      h(
        "div.fault.buttons",
        {},
        press("Drop the app's socket", () =>
          set({ disconnect: true }, "The app's socket is closed."),
        ),
        press("Expire streams", () => set({ expire_streams: true }, "Running streams are closed.")),
        press("All off", clear),
      ),
      h("p.quiet.fault-state", { role: "status" }),
    ];
  }

  function number(words, unit, min, max, step = 1) {
    const input = h("input", {
      type: "number",
      value: "0",
      min: String(min),
      max: String(max),
      step: String(step),
    });
    return {
      input,
      row: h(
        "label.fault",
        {},
        h("span", {}, words),
        h("span.fault-fields", {}, input, h("span.quiet", {}, unit)),
      ),
    };
  }

  function press(words, act) {
    return h("button.button.small", { type: "button", onclick: act }, words);
  }

  async function set(fault, said = "") {
    await post("faults", fault).then(
      () => said && toast(said),
      (error) => toast(error.message, { bad: true }),
    );
    await read();
  }

  async function clear() {
    await post("faults", {}, "DELETE").catch((error) => toast(error.message, { bad: true }));
    await read();
    toast("All faults are off.");
  }

  async function read() {
    try {
      const [answer, on] = await Promise.all([get("calls"), get("faults")]);
      drawCalls(answer.calls);
      drawState(on.faults ?? on);
    } catch (error) {
      calls.replaceChildren(h("p.error", {}, error.message));
    }
  }

  function drawState(on) {
    const [redeliver, delay] = faults.querySelectorAll("label.fault input");
    if (document.activeElement !== redeliver) redeliver.value = on.redeliver ?? 0;
    if (document.activeElement !== delay) delay.value = on.delay_ms ?? 0;
    const waiting = [on.rate_limit, on.fail]
      .flat()
      .filter(Boolean)
      .map((trap) => `${trap.times} × ${trap.method}`);
    faults.querySelector(".fault-state").textContent = waiting.length
      ? `Waiting to be refused: ${waiting.join(", ")}`
      : "";
  }

  function drawCalls(all) {
    const shown = all.slice(-SHOWN).reverse();
    const now = JSON.stringify([all.length, shown[0]?.at]);
    if (now === seen) return;
    seen = now;
    if (!shown.length)
      return calls.replaceChildren(h("p.quiet", {}, "The app has not called yet."));
    calls.replaceChildren(...shown.map(callRow));
  }

  function callRow(call) {
    const at = new Date(typeof call.at === "number" ? call.at * 1000 : call.at);
    return h(
      call.ok ? "details.call" : "details.call.failed",
      {},
      h(
        "summary",
        {},
        h("time", {}, Number.isNaN(at.valueOf()) ? "" : at.toLocaleTimeString("en-GB")),
        h("code", {}, call.method),
        call.ok ? icon("check") : h("span.call-error", {}, call.error ?? "error"),
      ),
      h("pre", {}, JSON.stringify(call.arguments, null, 2)),
    );
  }

  function open() {
    if (!element.hidden) return close();
    opener = document.activeElement;
    element.hidden = false;
    seen = "";
    read();
    timer = setInterval(read, EVERY);
    element.querySelector("button").focus();
  }

  function close() {
    clearInterval(timer);
    element.hidden = true;
    opener?.isConnected && opener.focus();
  }

  return { element, open, close };
}
