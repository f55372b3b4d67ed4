// The frame of the console: who may look, which page, and what is around it.
import { html, render, useEffect, useState } from "./base/html.js";
import { get, onTokenRefused } from "./base/api.js";
import { keepToken, readToken, takeTokenFromAddress } from "./base/token.js";
import { linkTo, useRoute } from "./base/route.js";
import { ClockBar } from "./parts/clock_bar.js";
import { TokenPage } from "./pages/token_page.js";
import { KeysPage } from "./pages/keys_page.js";
import { CreatePage } from "./pages/create_page.js";
import { KeyPage } from "./pages/key_page.js";
import { LookupPage } from "./pages/lookup_page.js";
import { LabPage } from "./pages/lab_page.js";

const tabs = [
  { page: "keys", name: "DKIM Keys" },
  { page: "create", name: "Create" },
  { page: "lookup", name: "Look-up" },
  { page: "lab", name: "Lab", needsLab: true },
];

function Navigation({ page, hasLab, signOut }) {
  return html`<header>
    <a class="skip" href="#main" onClick=${skip}>Skip to the page</a>
    <a class="name" href=${linkTo("keys")}>custdkim</a>
    <nav aria-label="Pages">
      ${tabs.filter((tab) => hasLab || !tab.needsLab).map((tab) =>
        html`<a key=${tab.page} href=${linkTo(tab.page)} aria-current=${tab.page === page ? "page" : undefined}>${tab.name}</a>`)}
    </nav>
    ${signOut && html`<button type="button" class="small forget" onClick=${signOut}>Forget the token</button>`}
  </header>`;
}

// An ordinary link would change the page that the address means.
function skip(event) {
  event.preventDefault();
  document.querySelector("h1")?.focus();
}

function Page({ page, argument, hasLab }) {
  if (page === "keys" && argument) return html`<${KeyPage} key=${argument} id=${argument} hasLab=${hasLab} />`;
  if (page === "create") return html`<${CreatePage} />`;
  if (page === "lookup") return html`<${LookupPage} />`;
  if (page === "lab" && hasLab) return html`<${LabPage} />`;
  return html`<${KeysPage} />`;
}

function Console({ about }) {
  const { page, argument } = useRoute();
  const [signedIn, setSignedIn] = useState(Boolean(readToken()) || !about.token);
  useEffect(() => onTokenRefused(() => setSignedIn(!about.token)), []);
  const signOut = () => {
    keepToken("");
    setSignedIn(false);
  };
  return html`
    <${Navigation} page=${page} hasLab=${about.lab} signOut=${signedIn && about.token && signOut} />
    <main id="main">
      ${signedIn
        ? html`<${Page} page=${page} argument=${argument} hasLab=${about.lab} />`
        : html`<${TokenPage} taken=${() => setSignedIn(true)} />`}
    </main>
    ${signedIn && about.lab && html`<${ClockBar} />`}`;
}

takeTokenFromAddress();
const about = await get("/console/about.json").catch(() => ({ lab: false, token: true }));
render(html`<${Console} about=${about} />`, document.getElementById("console"));
