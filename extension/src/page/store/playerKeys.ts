/** What keys do to the player. */

import type { Command } from "../keys/table";
import type { Player } from "./player";

export const STEP_MS = 5000;
/** Of the session. */
export const FAR_SHARE = 0.1;

/** Carries out what is the player's; false when the list is to see to the rest of it. */
export function playerTakes(player: Player, command: Command, key: string, nowMs: number): boolean {
  switch (command) {
    case "playPause":
      player.toggle(nowMs);
      return true;
    case "slower":
    case "faster":
      player.changeSpeed(command === "faster" ? 1 : -1);
      return true;
    case "timing":
      player.toggleTiming();
      return true;
    case "seekBack":
    case "seekForward":
      player.seekBy(command === "seekForward" ? STEP_MS : -STEP_MS);
      return true;
    case "seekFarBack":
    case "seekFarForward":
      player.seekByShare(command === "seekFarForward" ? FAR_SHARE : -FAR_SHARE);
      return true;
    case "seekTenth":
      player.seekShare(Number(key) / 10);
      return true;
    case "start":
      if (player.isPlaying) {
        player.seek(0);
      }
      return player.isPlaying;
    case "nextPrompt":
    case "previousPrompt":
    case "nextTurn":
    case "previousTurn":
    case "nextError":
    case "previousError":
    case "nextEdit":
    case "previousEdit":
    case "density":
    case "toggle":
    case "beforeFeed":
    case "afterFeed":
    case "help":
    case "close":
      return false;
    default:
      // To read by key is to stop watching.
      player.pause();
      return false;
  }
}
