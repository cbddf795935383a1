// The types for `import`; index.d.ts has them.

import * as nlib from "./index.js";

export * from "./index.js";
export default nlib;
