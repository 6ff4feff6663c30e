import { runBff } from 'guichet/bff';
import { AppModule } from './app.module.js';

await runBff(AppModule, { name: 'mobile', port: 3001, management: { port: 9001 } });
