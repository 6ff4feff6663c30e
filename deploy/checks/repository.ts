import { join } from 'node:path';

/** The repository: what is deployed stands in files of it. */
export const repository = join(__dirname, '../..');
