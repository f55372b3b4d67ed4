// Which page the address means: "#/keys/k123" is page "keys" with argument "k123". Behind '#', so that the server has
// one page only, and what is looked at is not in its log.
import { useEffect, useState } from "./html.js";

export function readRoute() {
  const [, page = "", ...rest] = location.hash.split("/");
  let argument = "";
  try {
    argument = decodeURIComponent(rest.join("/"));
  } catch {
    // a broken %-escape: no argument
  }
  return { page: page || "keys", argument };
}

export const linkTo = (page, argument) =>
  argument === undefined ? `#/${page}` : `#/${page}/${encodeURIComponent(argument)}`;

export function go(page, argument) {
  location.hash = linkTo(page, argument);
}

export function useRoute() {
  const [route, setRoute] = useState(readRoute);
  useEffect(() => {
    const changed = () => setRoute(readRoute());
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return route;
}
