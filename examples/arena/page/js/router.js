// Addresses inside of the page: what stands after the #, so that the server needs to know none.

import { useEffect, useState } from "./dom.js";

const read = () => location.hash.replace(/^#\/?/, "").split("?")[0].split("/").filter(Boolean).map(decodeURIComponent);

/** The parts of the address: `#/combat/7f…` is `["combat", "7f…"]`. */
export function useAdresse() {
  const [parts, show] = useState(read);
  useEffect(() => {
    const look = () => show(read());
    addEventListener("hashchange", look);
    return () => removeEventListener("hashchange", look);
  }, []);
  return parts;
}

/** Goes somewhere else. */
export function aller(path) {
  location.hash = `#/${path}`;
}
