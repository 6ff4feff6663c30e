import { runService } from './http/process.js';
import { pricing } from './grpc/pricing.methods.js';

void runService(pricing);
