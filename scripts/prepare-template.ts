// Makes the database that a first start copies. Run by the build.
import { prepareTemplate } from '../src/db/prepare-template.ts';

await prepareTemplate();
