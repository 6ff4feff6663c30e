import { fileURLToPath } from 'node:url';
import { runBff } from 'guichet/bff';
import { AppModule } from './app.module.js';

/** The built browser client, as this file sees it from where it is built to itself. */
const client = fileURLToPath(new URL('../../examples/shop/client', import.meta.url));

await runBff(AppModule, { name: 'web', port: 3000, management: { port: 9000 }, client: { root: client } });
