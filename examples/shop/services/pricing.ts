import { runService } from './http/process.js';
import { pricing } from './routes/pricing.routes.js';

void runService(pricing);
