import { exchanges, ids } from '../probe/bodies.mjs';
import { probeApp } from '../probe/app.mjs';

/** @type {import('../index.mjs').BenchPage} */
export const dependentPage = {
  name: 'dependent-page',
  folder: import.meta.dirname,
  record: async () => ({ exchanges: exchanges(), paths: ids.map(id => `/pages/dependent/${id}`) }),
  guichet: probeApp,
};
