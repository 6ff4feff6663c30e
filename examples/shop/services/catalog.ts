import { runService } from './http/process.js';
import { catalog } from './routes/catalog.routes.js';

void runService(catalog);
