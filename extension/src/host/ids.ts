/** Every id shared with package.json, in one place; a test compares the two. */

export const EXTENSION_NAME = "Session Mirror";

export const Command = {
  openReplay: "sessionMirror.openReplay",
  replayFromBucket: "sessionMirror.replayFromBucket",
  replayFile: "sessionMirror.replayFile",
  replayBeside: "sessionMirror.replayBeside",
  openLink: "sessionMirror.openLink",
  copySessionLink: "sessionMirror.copySessionLink",
  compactSession: "sessionMirror.compactSession",
  compactAll: "sessionMirror.compactAll",
  verifySession: "sessionMirror.verifySession",
  verifyAll: "sessionMirror.verifyAll",
  stopSession: "sessionMirror.stopSession",
  resumeSession: "sessionMirror.resumeSession",
  revealTranscript: "sessionMirror.revealTranscript",
  copySessionId: "sessionMirror.copySessionId",
  refreshSessions: "sessionMirror.refreshSessions",
  groupByAgent: "sessionMirror.groupByAgent",
  showAsList: "sessionMirror.showAsList",
  browseBucket: "sessionMirror.browseBucket",
  connectBucket: "sessionMirror.connectBucket",
  openMirrorFolder: "sessionMirror.openMirrorFolder",
  installHooks: "sessionMirror.installHooks",
  removeHooks: "sessionMirror.removeHooks",
  pauseHere: "sessionMirror.pauseHere",
  resumeHere: "sessionMirror.resumeHere",
  chooseInterpreter: "sessionMirror.chooseInterpreter",
  restartHelper: "sessionMirror.restartHelper",
  showMenu: "sessionMirror.showMenu",
  showLog: "sessionMirror.showLog",
  openSettings: "sessionMirror.openSettings",
} as const;
export type Command = (typeof Command)[keyof typeof Command];

export const View = {
  container: "sessionMirror",
  sessions: "sessionMirror.sessions",
} as const;

export const ContextKey = {
  /** The phase of the helper's state. */
  helper: "sessionMirror.helper",
  /** The first listing has arrived. */
  listed: "sessionMirror.listed",
  hasSessions: "sessionMirror.hasSessions",
  paused: "sessionMirror.paused",
  grouped: "sessionMirror.grouped",
  /** `local` or `remote`; unset until the helper has resolved it. */
  destination: "sessionMirror.destinationKind",
} as const;
export type ContextKey = (typeof ContextKey)[keyof typeof ContextKey];

export const SETTINGS_SECTION = "sessionMirror";

export const Setting = {
  destination: "destination",
  s3Endpoint: "s3.endpoint",
  s3Region: "s3.region",
  s3Profile: "s3.profile",
  autoStart: "autoStart",
  autoCompact: "autoCompact",
  interval: "interval",
  redactionEnabled: "redaction.enabled",
  interpreter: "interpreter",
  claudeConfigDirs: "claudeCode.configDirs",
  codexHomes: "codex.homes",
  agentHomes: "agentHomes",
  ignoredAgents: "ignoredAgents",
} as const;
export type Setting = (typeof Setting)[keyof typeof Setting];

/** Keys of the mementos. */
export const Memory = {
  /** Global: the one-time notification was shown. */
  welcomed: "welcomed",
  /** Global: the interpreter that worked last. */
  interpreter: "interpreter",
  /** Global: the tree groups sessions by agent. */
  grouped: "grouped",
  /** Global: how replays begin: the panel, the speed, how much of the agent's work is shown. */
  habits: "replayHabits",
  /** Global: where the reader left sessions. */
  leftPlaces: "leftPlaces",
  /** Workspace: transcripts that were opened as files, by the tokens their tabs have. */
  openedFiles: "openedFiles",
  /** Workspace: the user paused or resumed mirroring here. */
  paused: "paused",
} as const;
