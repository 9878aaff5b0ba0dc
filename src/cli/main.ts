/**
 * The command line `datwat`: each command is a thin face on a room. Exit codes: 0 yes, 1 no, 2 wrong use or broken input.
 * A command is loaded when it is given, so that `serve` starts without what only authors of policies need.
 */
import { Command, CommanderError } from 'commander';
import { shadowReportFile } from '../config/config.ts';
import { POLICIES, VERSION } from '../product.ts';
import { developmentKeyRing, readKeyRing } from '../pseudonyms/key-ring.ts';
import { createPseudonymiser } from '../pseudonyms/pseudonymiser.ts';
import { refuseEmptyValues } from './empty-values.ts';
import { loadConfig } from './load-config.ts';
import { saying, terminal, WRONG_USE, YES } from './terminal.ts';

const program = new Command('datwat')
  .description(
    'Policy decision point for the Dutch municipal sociaal domein: none, dat or wat, recorded before it is answered',
  )
  .version(VERSION)
  .showHelpAfterError('(add --help for what can be said)')
  .hook('preAction', (_, command) => refuseEmptyValues(command))
  .exitOverride();

const many = (value: string, before: readonly string[] = []) => [...before, value];
/** The command's answer becomes the exit code. */
const exits = <Arguments extends unknown[]>(command: (...given: Arguments) => Promise<number>) => {
  return async (...given: Arguments) => {
    process.exitCode = await command(...given);
  };
};

program
  .command('serve')
  .description('answer decisions until told to stop')
  .option('--config <file>', 'configuration in YAML')
  .option('--bundle <file|folder>', 'the policies; a folder is built first (development only)')
  .option('--shadow <file>', 'a draft that answers the same questions unseen, to be compared')
  .option('--ledger <folder>', 'where every decision is written down')
  .option('--facts <file>', 'what Datwat knows itself')
  .option('--host <host>', 'where to listen')
  .option('--port <number>', 'where to listen; 0 picks a free one')
  .option('--socket <path>', 'a Unix socket instead of host and port')
  .option('--mode <mode>', 'development or production')
  .option('--public-url <url>', 'what the metadata names')
  .action(exits(async (options) => (await import('./serve.ts')).serve(options, terminal)));

program
  .command('demo')
  .description('start on invented people, show three questions and their answers, and follow changes in policies/')
  .option('--port <number>', 'where to listen', '8181')
  .action(
    exits(async (options) => (await import('./demo/demo.ts')).demo({ ...options, policies: POLICIES }, terminal)),
  );

program
  .command('ask')
  .description('ask one question of a running Datwat; a personal number goes in --file, never in a flag')
  .option('--url <url>', 'where it listens; by default http://127.0.0.1:8181')
  .option('--key <key>', 'API key or token; by default that of DATWAT_API_KEY')
  .option('--file <file>', 'a question (or a case) in YAML or JSON')
  .option(
    '--explain',
    'show the four steps and the rules that were tried, worked out here; with --url the steps only',
    false,
  )
  .option('--bundle <file|folder>', 'to explain by; by default the policies of the checkout')
  .option('--facts <file>', 'facts of invented people, to explain a question that is no case')
  .option('--json', 'the answer as it came', false)
  .option('--role <role>')
  .option('--pet <pet>', 'the hat worn in this conversation')
  .option('--purpose <id>')
  .option('--domain <domain>')
  .option('--level <level>', 'dat or wat', 'dat')
  .option('--action <name>', 'read, list, ask_question, provide, write or export', 'read')
  .option('--professional <id>', 'meaningless key of who asks')
  .option('--person <id>', 'pseudonym or opaque id of the resident')
  .option('--relation <relation>', 'what the resident is in the case', 'client')
  .option('--resource <id>', 'opaque id of the file')
  .option('--category <id>', 'a category that is asked for; may be repeated', many)
  .option('--question <id>', 'for ask_question')
  .option('--organisation <type>', 'type of the organisation', 'gemeente_college')
  .option('--municipality <code>', 'of the organisation and of the file', '0363')
  .option('--secrecy <kind>', 'ambts, beroeps or contract', 'ambts')
  .action(
    exits(async (options) => {
      if (options.explain && options.url === undefined) {
        return (await import('./ask-explain.ts')).askExplain(options, terminal);
      }
      return (await import('./ask.ts')).ask({ key: process.env.DATWAT_API_KEY, ...options }, terminal);
    }),
  );

const policy = program.command('policy').description('for those who edit the policies');
policy
  .command('check')
  .description(
    'hold the policies against their schemas and the policies about policies, and say what differs from the bundle',
  )
  .option('--policies <folder>', 'the folder of policies', POLICIES)
  .option('--bundle <file>', 'what to tell the difference with')
  .option('--json', 'as JSON', false)
  .action(exits(async (options) => (await import('./policy-check.ts')).policyCheck(options, terminal)));
policy
  .command('build')
  .description('build the policies into one bundle')
  .option('--policies <folder>', 'the folder of policies', POLICIES)
  .option('-o, --output <file>', 'where the bundle goes')
  .option('--json', 'as JSON', false)
  .action(exits(async (options) => (await import('./policy-build.ts')).policyBuild(options, terminal)));
policy
  .command('test')
  .description('ask every case of a bundle, and say which answers differ')
  .option('--policies <folder>', 'the folder of policies', POLICIES)
  .option('--bundle <file|folder>', 'what to test')
  .option('--cases <folder>', 'a folder of cases, or one case; may be repeated', many, [])
  .option('--coverage [folder]', 'say also what the cases exercise, and write it as a page in this folder')
  .option('--threshold <measure=percent>', 'least coverage of lines, outcomes, cells or reasons', many, [])
  .option('--json', 'as JSON', false)
  .action(exits(async (options) => (await import('./policy-test.ts')).policyTest(options, terminal)));

/** What every command that signs asks for. */
const signing = (command: Command) =>
  command
    .requiredOption('--key <file>', 'private key in PEM, or the secret of an HMAC key')
    .requiredOption('--key-id <id>', 'its name in the configuration')
    .option('--algorithm <name>', 'RS256 … HS512', 'ES256')
    .option('--json', 'as JSON', false);
signing(
  policy.command('sign <bundle>').description('sign a bundle, so that it can come into force where its key is trusted'),
)
  .requiredOption('--sequence <number>', 'higher than that of every bundle before')
  .option('--scope <scope>', 'where the key is bound to one')
  .option('-o, --output <file>', 'where the signed bundle goes')
  .action(
    exits(async (bundle, options) => (await import('./policy-sign.ts')).policySign({ ...options, bundle }, terminal)),
  );
signing(policy.command('approve <bundle>').description('say yes to a bundle, in the file of approvals beside it'))
  .requiredOption('--office <office>', 'the office that the key speaks for')
  .option('--block', 'stop it instead', false)
  .option('--lift-block', 'lift an earlier block of the same office instead', false)
  .action(
    exits(async (bundle, options) =>
      (await import('./policy-statement.ts')).policyApprove({ ...options, bundle }, terminal),
    ),
  );
signing(
  policy
    .command('rollback')
    .description('let one older bundle come into force again, in the file of approvals beside it'),
)
  .requiredOption('--to <bundle>', 'the older bundle')
  .requiredOption('--from-sequence <number>', 'the sequence that is in force now')
  .action(exits(async (options) => (await import('./policy-statement.ts')).policyRollback(options, terminal)));
policy
  .command('inspect <bundle>')
  .description('what is in a bundle, who signed and approved it, and whether it would come into force here')
  .option('--config <file>', 'configuration in YAML, for the keys and the quorum')
  .option('--json', 'as JSON', false)
  .action(
    exits(async (bundle, { config, json }) => {
      const { policyInspect } = await import('./policy-inspect.ts');
      const release = config === undefined ? undefined : loadConfig({ config }).release;
      if (release === undefined) return policyInspect({ bundle, json }, terminal);
      const { openReleaseStore } = await import('../engine/release/release-store.ts');
      const memory = (await openReleaseStore(release.state)).memory();
      return policyInspect({ bundle, json, trust: release.trust, memory }, terminal);
    }),
  );
policy
  .command('diff <old> <new>')
  .description('what differs between two bundles: cells opened, closed, widened and narrowed, per role')
  .option('--json', 'as JSON', false)
  .action(
    exits(async (before, after, { json }) =>
      (await import('./policy-diff.ts')).policyDiff({ before, after, json }, terminal),
    ),
  );

policy
  .command('shadow')
  .description('a draft beside the policy in force')
  .command('report')
  .description('where a draft answers another way, the newly permitted first')
  .option('--config <file>', 'configuration in YAML')
  .option('--ledger <folder>', 'the ledger of the service; the report lies beside it')
  .option('--json', 'as JSON', false)
  .action(
    exits(async ({ config, ledger, json }) => {
      const { policyShadowReport } = await import('./policy-shadow-report.ts');
      const file = shadowReportFile(loadConfig({ config, ledger }).ledger.folder);
      return policyShadowReport({ file, json }, terminal);
    }),
  );

const facts = program.command('facts').description('what Datwat knows itself');
facts
  .command('init')
  .description('make an empty facts file')
  .option('--config <file>', 'configuration in YAML')
  .option('--facts <file>', 'the facts file')
  .action(
    exits(async (options) =>
      (await import('./facts-init.ts')).factsInit({ facts: loadConfig(options).facts }, terminal),
    ),
  );
facts
  .command('import <files...>')
  .description('import feeds in CSV or NDJSON; a file with something wrong is not applied at all')
  .option('--config <file>', 'configuration in YAML, for the facts file and the pseudonym keys')
  .option('--facts <file>', 'the facts file')
  .option('--kind <kind>', 'the kind of fact, where the file does not say')
  .option('--as-of <time>', 'until when the feed knows')
  .option('--source <name>', 'where the feed comes from')
  .option('--changes', 'add to what is known instead of replacing it', false)
  .option('--json', 'as JSON', false)
  .action(
    exits(async (files, { config, facts: file, ...options }) => {
      const { factsImport } = await import('./facts-import.ts');
      const { facts, pseudonym } = loadConfig({ config, facts: file });
      const keyRing = pseudonym ? readKeyRing(pseudonym) : developmentKeyRing();
      const pseudonymiser = createPseudonymiser(keyRing);
      return factsImport({ ...options, files, facts, pseudonymiser }, terminal);
    }),
  );

program
  .command('ledger')
  .description('the decision log')
  .command('verify <folder>')
  .description('find any record that was changed, lost, moved, doubled or cut off')
  .option('--key <file>', 'a public key of the ledger; may be repeated', many)
  .option('--head <file>', 'a signed head that was kept elsewhere; may be repeated', many)
  .option('--json', 'as JSON', false)
  .action(
    exits(async (folder, options) =>
      (await import('./ledger-verify.ts')).ledgerVerify(folder, options, { out: process.stdout, err: process.stderr }),
    ),
  );

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? YES : WRONG_USE;
  else {
    terminal.err(saying(error));
    process.exitCode = WRONG_USE;
  }
}
