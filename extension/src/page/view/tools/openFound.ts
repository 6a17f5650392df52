/** Opens what a search found in the editor, which finds the file and asks where it lies outside of the workspace. */

import { RequestError } from "../../../shared/rpc";
import type { ReplayStore } from "../../store/replayStore";

export function openFound({ bridge, notices }: ReplayStore, path: string, line: number | null): void {
  bridge
    .request("openFound", { path, line })
    .catch((error: unknown) => notices.notify(RequestError.problemOf(error).message));
}
