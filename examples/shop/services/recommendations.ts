import { runService } from './http/process.js';
import { recommendations } from './routes/recommendations.routes.js';

void runService(recommendations);
