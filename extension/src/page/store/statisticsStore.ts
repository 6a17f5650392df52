/** What the session adds up to. */

import type { StatisticsResult } from "../../shared/messages";
import { Kept } from "./kept";

export class StatisticsStore extends Kept<StatisticsResult> {}
