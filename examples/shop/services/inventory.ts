import { runService } from './http/process.js';
import { inventory } from './routes/inventory.routes.js';

void runService(inventory);
