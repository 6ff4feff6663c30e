import { exchanges, ids } from '../probe/bodies.mjs';
import { probeApp } from '../probe/app.mjs';

/** @type {import('../index.mjs').BenchPage} */
export const parallelPage = {
  name: 'parallel-page',
  folder: import.meta.dirname,
  record: async () => ({ exchanges: exchanges(), paths: ids.map(id => `/pages/parallel/${id}`) }),
  guichet: probeApp,
};
