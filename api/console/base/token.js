// The API's token: pasted once, or behind '#token=' of the address that `custdkim-lab up` prints. A fragment is never
// sent; it is taken out of the address all the same, so that it is in no history. Kept until the tab is closed.
const place = "custdkim-token";
const mark = "#token=";

export const readToken = () => sessionStorage.getItem(place) ?? "";

export function keepToken(token) {
  if (token) sessionStorage.setItem(place, token);
  else sessionStorage.removeItem(place);
}

export function takeTokenFromAddress() {
  if (!location.hash.startsWith(mark)) return;
  keepToken(decodeURIComponent(location.hash.slice(mark.length)));
  history.replaceState(null, "", location.pathname);
}
