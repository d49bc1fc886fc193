// The shapes that the server sends and takes (FactCheck.Contracts), for the type checker only: no browser loads this file.

/** @typedef {{start: number, length: number}} TextSpan Offset and length in UTF-16 code units, as JavaScript strings count. */
/** @typedef {'Submitter'|'Reviewer'|'Editor'|'Operator'} Role */
/** @typedef {{name: string, role: Role, expiresAt: string}} Me */
/** @typedef {'Claim'|'Quote'} StatementKind */
/** @typedef {'Open'|'InProgress'|'AwaitingReply'|'InReview'|'Decided'|'Superseded'|'Spiked'} TaskState */
/** @typedef {'Received'|'Reading'|'Extracting'|'Analyzing'|'Selecting'|'Reviewing'|'Ready'|'Published'|'Rejected'|'Superseded'|'Failed'} ArticleStage */
/** @typedef {{holder: string, until: string}} Lease */

/**
 * @typedef {object} TaskSummary
 * @property {string} id
 * @property {string} articleId
 * @property {string} articleTitle
 * @property {string} statementId
 * @property {StatementKind} kind
 * @property {string} text
 * @property {string} [speaker]
 * @property {TaskState} state
 * @property {'Selected'|'Promoted'|'Added'|'Changed'|'Reverification'} origin
 * @property {number} priority
 * @property {boolean} escalated
 * @property {string} createdAt
 * @property {string} deadline
 * @property {string} [assignee]
 * @property {Lease} [lease]
 * @property {string} eTag
 */

/**
 * @typedef {object} Evidence
 * @property {string} [url]
 * @property {string} [title]
 * @property {string} [publisher]
 * @property {string} [published]
 * @property {string} [accessed]
 * @property {string} [excerpt]
 * @property {'Primary'|'Secondary'} [kind]
 * @property {'Public'|'Internal'} [visibility]
 * @property {'Supports'|'Refutes'|'Context'} [stance]
 */

/** @typedef {{version: number, change: string, rating: string, previousRating?: string, explanation?: string, evidence: Evidence[], publishedAt: string, reviewBy: string}} Verdict */
/** @typedef {{statementId: string, text: string, rating: string, similarity: number, same: boolean}} EarlierVerdict */
/** @typedef {{feature: string, label: string, weight: number, because?: string}} Reason */
/** @typedef {{entities: {text: string, kind: string}[], sentiment?: number, keyPhrases: string[]}} Insights */

/**
 * @typedef {object} StatementView
 * @property {string} id
 * @property {StatementKind} kind
 * @property {string} text
 * @property {string} [speaker]
 * @property {string} [speakerReason]
 * @property {number} speakerConfidence
 * @property {'Direct'|'Indirect'|'Mixed'} [quoteKind]
 * @property {string} [claimKind]
 * @property {number} score
 * @property {Reason[]} reasons
 * @property {string[]} linked
 * @property {EarlierVerdict[]} matches
 * @property {Insights} [insights]
 * @property {TextSpan} [span]
 * @property {string} [taskId]
 * @property {TaskState} [taskState]
 * @property {Verdict} [verdict]
 * @property {string} [replaces]
 * @property {string} [addedBy]
 * @property {string} [at] when it is said in a recording, hours:minutes:seconds
 */

/** @typedef {{title?: string, byline?: string, outlet?: string, published?: string, sourceUrl?: string, language?: string, purpose: 'ThirdParty'|'OwnCopy'}} ArticleMeta */
/** @typedef {{what: string, url?: string, finding: 'Unchanged'|'Drifted'|'Gone', message: string, removed: string[], added: string[]}} Drift */
/** @typedef {{text?: string, span?: TextSpan, speaker?: string}} Amendment */
/** @typedef {'Approve'|'Amend'|'Reject'|'Confirm'|'Return'} DecisionAction */

/**
 * @typedef {object} NewDecision
 * @property {DecisionAction} action
 * @property {string} [rating]
 * @property {string} [explanation]
 * @property {Evidence[]} [evidence]
 * @property {string} [reason]
 * @property {string} [alreadyCheckedAt]
 * @property {string} [note]
 * @property {Amendment} [amendment]
 */

/** @typedef {NewDecision & {by: string, confirmedBy?: string, at: string}} Decision */
/** @typedef {{id: string, label: string, definition: string, needsEvidence: boolean}} RatingChoice */

/**
 * @typedef {object} TaskDetail
 * @property {TaskSummary} task
 * @property {string[]} why
 * @property {StatementView} statement
 * @property {ArticleMeta} meta
 * @property {string} text
 * @property {Drift[]} drift
 * @property {Decision} [proposal]
 * @property {Decision[]} history
 * @property {RatingChoice[]} ratings
 */

/**
 * @typedef {object} ArticleSummary
 * @property {string} id
 * @property {string} name
 * @property {string} title
 * @property {string} [outlet]
 * @property {'ThirdParty'|'OwnCopy'} purpose
 * @property {ArticleStage} stage
 * @property {number} run
 * @property {number} statements
 * @property {number} openTasks
 * @property {{reason: string, message: string}} [rejection]
 * @property {string} [failure]
 * @property {number} publishedVersion
 * @property {boolean} retracted
 * @property {string} createdAt
 * @property {string} updatedAt
 * @property {string} [contentHash]
 */

/** @typedef {{version: number, askedBy: string, askedAt: string, retraction: boolean, change?: string, note?: string, publishedAt?: string}} CasePublication */
/** @typedef {{article: ArticleSummary, meta: ArticleMeta, text?: string, tasks: TaskSummary[], publications: CasePublication[], publicationObstacle?: string, reportUrl?: string}} ArticleDetail */
/** @typedef {{task: TaskSummary, article: ArticleSummary}} DecisionTaken */
/** @typedef {{articleId: string, taskId?: string, what: string, at: string}} Change */

export {};
