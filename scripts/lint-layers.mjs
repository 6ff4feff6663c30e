/**
 * The repository's own lint rules: layers and private sections. `node scripts/lint-layers.mjs [root]`
 * prints `file:line: message` for each finding; ends with 1 if there is any.
 */
import { resolve } from 'node:path';
import { lintTree } from './lint/run.mjs';
import { repository } from './projects.mjs';

const findings = lintTree(resolve(process.argv[2] ?? repository));
for (const { file, line, message } of findings) console.log(`${file}:${line}: ${message}`);
if (findings.length > 0) console.log(`${findings.length} found; the table is scripts/layers.mjs.`);
process.exitCode = findings.length > 0 ? 1 : 0;
