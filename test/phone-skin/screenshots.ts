/** `npm run screenshots`: every screen at both sizes, light and dark; in a folder, and the few of the documents to docs/pictures. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SCENES, type Scene, setScene } from './scenes.ts';
import { type Look, startStage } from './stage.ts';

const [words = '', folder = 'dist/screenshots'] = process.argv.slice(2);
const SIZES = { narrow: { width: 360, height: 740 }, wide: { width: 1280, height: 800 } } as const;

const stage = await startStage();
mkdirSync(folder, { recursive: true });
for (const scene of SCENES.filter(({ name }) => name.includes(words)))
  for (const size of ['narrow', 'wide'] as const)
    for (const colorScheme of ['light', 'dark'] as const)
      for (const language of ['en', 'de'] as const)
        if (scene.only === undefined || scene.only === size)
          await picture(
            scene,
            { ...SIZES[size], colorScheme, language },
            `${scene.name}-${size}-${colorScheme}-${language}`,
          );
await stage.close();

async function picture(scene: Scene, look: Look, name: string): Promise<void> {
  const page = await stage.open(look);
  await setScene(page, scene);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.context().close();
}
