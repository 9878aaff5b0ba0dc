import type { Config } from '../config/config.ts';
import { readConfig } from '../config/read-config.ts';
import { CONFIG_FILE_ENV } from '../config/sources.ts';
import { readText } from './read-file.ts';
import { readYaml } from './read-yaml.ts';

/** Flags by their name in `SETTINGS`, and the file. */
export type ConfigFlags = Readonly<Record<string, string | undefined>>;

/** Throws `ConfigError` or `YamlError` with every problem and its place, or Error where the file cannot be read. */
export function loadConfig(flags: ConfigFlags, env: NodeJS.ProcessEnv = process.env): Config {
  const name = flags.config ?? env[CONFIG_FILE_ENV];
  if (name === undefined) return readConfig({ env, flags });
  return readConfig({ file: { name, ...readYaml(readText(name), name) }, env, flags });
}
