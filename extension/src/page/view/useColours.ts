/** Whether code can be coloured yet. */

import { useEffect, useState } from "preact/hooks";
import { bringColours, broughtColours } from "../text/colours";

/** Has them brought if they are wanted, and the component drawn again once they are there. */
export function useColours(areWanted: boolean): boolean {
  const [areHere, setAreHere] = useState(broughtColours() !== undefined);
  useEffect(() => {
    if (areWanted && !areHere) {
      void bringColours().then(() => setAreHere(true));
    }
  }, [areWanted, areHere]);
  return areHere;
}

/** The language, once code can be coloured in it. */
export function useColoured(language: string | undefined): string | undefined {
  return useColours(language !== undefined) ? language : undefined;
}
