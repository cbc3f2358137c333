/** `npm run openapi`: writes `packages/contract/openapi.json` anew. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENDPOINTS } from '../endpoints/index.ts';
import { openApiDocument } from './document.ts';

const FILE = join(import.meta.dirname, '../../openapi.json');
writeFileSync(FILE, `${JSON.stringify(openApiDocument(ENDPOINTS), undefined, 2)}\n`);
console.log(`${FILE} is written`);
