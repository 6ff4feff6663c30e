import { consulOptions } from 'guichet/discovery';
import { ConsulKeySource } from './consul.source.js';
import { FakeKeyStore } from './fake-key-store.test-rig.js';
import { liveSourceContract } from './live-source.contract.js';

// On a real Consul the key itself is followed in libs/discovery, and a whole app in test/live-configuration.e2e-spec.ts.
const store = new FakeKeyStore();
let address: string;
let keys = 0;
beforeAll(async () => void (address = await store.start()));
afterAll(() => store.stop());

liveSourceContract('ConsulKeySource', async () => {
  const key = `guichet/app-${++keys}/configuration`;
  return {
    source: new ConsulKeySource(consulOptions.parse({ address }), key),
    write: async text => store.set(key, text),
    remove: async () => store.set(key, undefined),
  };
});
