// @ts-check
/** What only some readers of the explorer ask for: loaded when they do. */

import { matrix } from "../explorer/matrix.js";
import { since } from "../explorer/since.js";
import { take } from "../explorer/take.js";

export default { matrix, since, take };
