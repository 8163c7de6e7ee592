// @ts-check
/** What only some readers of the explorer ask for: loaded when they do. */

import { formats, save } from "../explorer/exports.js";
import { matrix } from "../explorer/matrix.js";
import { since } from "../explorer/since.js";

export default { formats, matrix, save, since };
