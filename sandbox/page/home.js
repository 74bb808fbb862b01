/** The app's Home tab, as the app published it for this person. */

import { h } from "./dom.js";
import { draw } from "./emoji.js";
import { attachActions, restore, valuesIn } from "./interactive.js";

export function createHome(workspace) {
  const body = h("div.body.view-body", { dataset: { testid: "home" } });
  const element = h("div.home", { tabindex: "0" }, body);
  attachActions(body, workspace, () => (workspace.home ? { view_id: workspace.home.id } : null));

  function update() {
    if (!workspace.home) {
      body.replaceChildren(
        h(
          "div.empty",
          {},
          h("h2", {}, "Nothing here yet"),
          h("p.quiet", {}, "The app has not published a Home tab for you."),
        ),
      );
      return;
    }
    const filled = valuesIn(body);
    body.innerHTML = workspace.home.html;
    draw(body);
    restore(body, filled);
  }
  return { element, update };
}
