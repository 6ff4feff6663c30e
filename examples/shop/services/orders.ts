import { storeOf } from './data/stores.js';
import { runService } from './http/process.js';
import { orders } from './routes/orders.routes.js';

void runService(orders(storeOf('orders')));
