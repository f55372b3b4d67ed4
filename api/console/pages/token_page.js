// Asks for the API's token. It is tried before it is kept.
import { html, useState } from "../base/html.js";
import { get } from "../base/api.js";
import { keepToken } from "../base/token.js";
import { Field, PageTitle } from "../parts/basics.js";

export function TokenPage({ taken }) {
  const [token, setToken] = useState("");
  const [refusal, setRefusal] = useState("");
  const submit = async (event) => {
    event.preventDefault();
    keepToken(token.trim());
    try {
      await get("/v1/keys?limit=1");
      taken();
    } catch (failure) {
      keepToken("");
      setRefusal(failure.status === 401 ? "This is not the token of this custdkim." : failure.message);
    }
  };
  return html`<${PageTitle}>Who are you?<//>
    <form class="card narrow" onSubmit=${submit}>
      <${Field} label="The API's token" refusal=${refusal}
        hint="It is in the file that the configuration names as [api] token_file. This tab keeps it until it is closed, and sends it to nobody else."
        control=${(ids) => html`<input ...${ids} type="password" autocomplete="off" spellcheck=${false} required
          value=${token} onInput=${(event) => setToken(event.target.value)} />`} />
      <div class="buttons"><button class="primary">Go on</button></div>
    </form>`;
}
