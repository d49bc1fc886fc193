// What goes over HTTP (src/FactCheck.Contracts), for the type checker only: no browser loads this file. A test
// writes it (tests/FactCheck.Tests/Contracts).

/** @typedef {{ found: string }} Acceptance */
/**
 * @typedef {{ what: AccessKind, call: string, status: number, address: string, name?: string, personId?: string,
 * subject?: string, at: string, times: number }} AccessEntry
 */
/** @typedef {{ items: AccessEntry[], cursor?: string }} AccessEntryList */
/** @typedef { 'SignedIn' | 'Refused' | 'Uploaded' } AccessKind */
/** @typedef {{ text?: string, span?: TextSpan, speaker?: string }} Amendment */
/** @typedef {{ id: string, name: string }} ArticleAccepted */
/**
 * @typedef {{ article: ArticleSummary, meta: ArticleMeta, text?: string, tasks: TaskSummary[],
 * publications: CasePublication[], publicationObstacle?: string, reportUrl?: string, receipt?: ReadingReceipt }}
 * ArticleDetail
 */
/** @typedef { 'Title' | 'Byline' | 'Published' | 'Outlet' | 'Language' } ArticleFact */
/**
 * @typedef {{ title?: string, byline?: string, outlet?: string, published?: string, sourceUrl?: string,
 * language?: string, purpose: Purpose, unreadDate?: string, desk?: string }} ArticleMeta
 */
/**
 * @typedef { 'Received' | 'Reading' | 'Extracting' | 'Analyzing' | 'Selecting' | 'Reviewing' | 'Ready' | 'Published'
 * | 'Rejected' | 'Superseded' | 'Failed' } ArticleStage
 */
/**
 * @typedef {{ id: string, name: string, title: string, outlet?: string, purpose: Purpose, stage: ArticleStage,
 * run: number, statements: number, leftOut: number, openTasks: number, rejection?: Rejection, failure?: string,
 * publishedVersion: number, retracted: boolean, createdAt: string, updatedAt: string, contentHash?: string,
 * purposeProblem?: string, littleRead?: string, desk?: string }} ArticleSummary
 */
/** @typedef {{ items: ArticleSummary[], cursor?: string }} ArticleSummaryList */
/** @typedef {{ assignee?: string }} Assignment */
/**
 * @typedef {{ seq: number, at: string, who: string, what: string, subject: string, details: Record<string, string>,
 * previous: string, hash: string }} AuditEntry
 */
/** @typedef {{ entries: AuditEntry[], intact: boolean, problem?: string }} AuditTrail */
/**
 * @typedef {{ version: number, askedBy: string, askedAt: string, retraction: boolean, change?: VerdictChange,
 * note?: string, publishedAt?: string }} CasePublication
 */
/** @typedef {{ articleId: string, taskId?: string, what: string, at: string }} Change */
/** @typedef {{ items: Change[], cursor?: string }} ChangeList */
/** @typedef {{ feature: string, weight: number, because?: string, label: string }} CheckWorthinessReason */
/** @typedef { 'Quantity' | 'Event' | 'Comparison' | 'Causal' | 'Quote' | 'Position' | 'Law' | 'Record' } ClaimKind */
/** @typedef {{ id: string, about: string, message: string, contact?: string, at: string }} CorrectionRequest */
/** @typedef {{ items: CorrectionRequest[], cursor?: string }} CorrectionRequestList */
/**
 * @typedef {{ action: DecisionAction, rating?: string, explanation?: string, evidence: Evidence[],
 * reason?: RejectReason, alreadyCheckedAt?: string, note?: string, amendment?: Amendment, by: string,
 * confirmedBy?: string, at: string }} Decision
 */
/** @typedef { 'Approve' | 'Amend' | 'Reject' | 'Confirm' | 'Return' } DecisionAction */
/** @typedef {{ task: TaskSummary, article: ArticleSummary }} DecisionTaken */
/** @typedef {{ desk?: string, looked: number, extended: number }} DeskTally */
/**
 * @typedef {{ what: string, url?: string, finding: ReverificationFinding, message: string, removed: string[],
 * added: string[] }} Drift
 */
/**
 * @typedef {{ statementId: string, text: string, rating: string, similarity: number, same: boolean }} EarlierVerdict
 */
/**
 * @typedef { 'Person' | 'Organization' | 'Location' | 'Date' | 'Quantity' | 'Money' | 'Percent' | 'Event' | 'Other' }
 * EntityKind
 */
/**
 * @typedef {{ url?: string, title?: string, publisher?: string, published?: string, accessed?: string,
 * excerpt?: string, kind?: EvidenceKind, visibility?: EvidenceVisibility, stance?: Stance, snapshot?: EvidenceSnapshot,
 * snapshotProblem?: string }} Evidence
 */
/** @typedef { 'Primary' | 'Secondary' } EvidenceKind */
/** @typedef {{ sha256: string, blob: string, takenAt: string }} EvidenceSnapshot */
/** @typedef { 'Public' | 'Internal' } EvidenceVisibility */
/**
 * @typedef { 'Desk' | 'Beside' | 'FrontMatter' | 'LinkedData' | 'Markup' | 'PageTitle' | 'Headline' | 'FirstLines'
 * | 'Properties' | 'CaptionHead' | 'Guess' } FactSource
 */
/**
 * @typedef {{ statementId: string, kind: StatementKind, text: string, speaker?: string, rating: string,
 * similarity: number, articleTitle: string, url: string, publishedAt: string }} FoundClaim
 */
/** @typedef {{ items: FoundClaim[], cursor?: string }} FoundClaimList */
/** @typedef {{ status: string }} Health */
/** @typedef {{ person: PersonView, link: string, expiresAt: string }} Invitation */
/** @typedef {{ token: string, name: string, role: Role, expiresAt: string }} IssuedToken */
/** @typedef {{ holder: string, until: string, since?: string }} Lease */
/** @typedef {{ kind: LeftOutKind, size: TextSize, what: string }} LeftOut */
/**
 * @typedef { 'Heading' | 'Navigation' | 'Related' | 'Comments' | 'Credits' | 'Promotion' | 'Consent' | 'Overlay'
 * | 'Captions' | 'Elsewhere' | 'Hidden' | 'Code' | 'Margins' | 'ShownAgain' | 'Sounds' } LeftOutKind
 */
/** @typedef {{ name: string, role: Role, expiresAt: string, id: string, desks?: string[] }} Me */
/** @typedef {{ text: string, kind: EntityKind }} NamedThing */
/** @typedef {{ why?: string }} NewAcceptance */
/** @typedef {{ id?: string, message?: string, contact?: string }} NewCorrectionRequest */
/**
 * @typedef {{ action?: DecisionAction, rating?: string, explanation?: string, evidence?: Evidence[],
 * reason?: RejectReason, alreadyCheckedAt?: string, note?: string, amendment?: Amendment }} NewDecision
 */
/** @typedef {{ desk?: string }} NewDesk */
/** @typedef {{ name?: string, role?: Role, desks?: string[] }} NewPerson */
/** @typedef {{ retract?: boolean, change?: VerdictChange, note?: string }} NewPublication */
/** @typedef {{ purpose?: Purpose, why?: string }} NewPurpose */
/**
 * @typedef {{ wholePage?: boolean, title?: string, published?: string, outlet?: string, language?: string }} NewReading
 */
/** @typedef {{ statementId?: string }} NewReverification */
/** @typedef {{ candidateId?: string, kind?: StatementKind, span?: TextSpan, speaker?: string }} NewStatement */
/** @typedef {{ name?: string, role?: Role, readmit?: boolean, desks?: string[] }} PersonChange */
/**
 * @typedef {{ id: string, name: string, role: Role, issuer?: string, subject?: string, likeName?: string,
 * formerNames: string[], invitedBy: string, invitedById?: string, since: string, lastSeenAt?: string, endedAt?: string,
 * sessions: number, tokens: number, desks: string[] }} PersonView
 */
/** @typedef {{ items: PersonView[], cursor?: string }} PersonViewList */
/**
 * @typedef {{ title: string, status: number, detail: string, errors?: Record<string, string>, holder?: string,
 * until?: string }} Problem
 */
/** @typedef {{ articleId: string, version: number, reportUrl: string }} PublicationAsked */
/** @typedef { 'ThirdParty' | 'OwnCopy' } Purpose */
/** @typedef { 'Direct' | 'Indirect' | 'Mixed' } QuoteKind */
/** @typedef {{ id: string, label: string, definition: string, needsEvidence: boolean }} RatingChoice */
/** @typedef {{ fact: ArticleFact, value: string, source: FactSource, from: string }} ReadFact */
/** @typedef {{ kind: ReadingFindingKind, message: string }} ReadingFinding */
/**
 * @typedef { 'LittleRead' | 'WholePage' | 'HiddenText' | 'CharsetGuessed' | 'MojibakeRepaired' | 'LettersLost'
 * | 'Columns' | 'PicturePages' | 'UnreadDate' | 'OtherLanguage' | 'NoPunctuation' } ReadingFindingKind
 */
/**
 * @typedef {{ wholePage: boolean, title?: string, published?: string, outlet?: string, language?: string }}
 * ReadingOptions
 */
/**
 * @typedef {{ facts: ReadFact[], taken: TextSize, leftOut: LeftOut[], findings: ReadingFinding[],
 * asked?: ReadingOptions }} ReadingReceipt
 */
/** @typedef { 'NotAClaim' | 'AlreadyChecked' | 'NotWorthIt' } RejectReason */
/** @typedef {{ reason: RejectionReason, message: string }} Rejection */
/**
 * @typedef { 'Empty' | 'TooLarge' | 'TooLong' | 'NotText' | 'Unsupported' | 'Unreadable' | 'TooSlow' | 'Encrypted'
 * | 'ImageOnly' } RejectionReason
 */
/** @typedef {{ id: string }} ReverificationAsked */
/** @typedef { 'Unchanged' | 'Drifted' | 'Gone' } ReverificationFinding */
/**
 * @typedef {{ id: string, askedBy: string, startedAt: string, finishedAt?: string, batches: number, looked: number,
 * extended: number, opened: string[], failed: string[], byDesk?: DeskTally[] }} ReverificationReport
 */
/** @typedef {{ items: ReverificationReport[], cursor?: string }} ReverificationReportList */
/** @typedef { 'Public' | 'Submitter' | 'Reviewer' | 'Editor' | 'Operator' | 'Host' } Role */
/** @typedef {{ code?: string }} SignIn */
/** @typedef { 'Supports' | 'Refutes' | 'Context' } Stance */
/** @typedef {{ entities: NamedThing[], sentiment?: number, keyPhrases: string[] }} StatementInsights */
/** @typedef { 'Claim' | 'Quote' } StatementKind */
/**
 * @typedef {{ id: string, kind: StatementKind, text: string, speaker?: string, speakerReason?: string,
 * speakerConfidence: number, quoteKind?: QuoteKind, claimKind?: ClaimKind, score: number,
 * reasons: CheckWorthinessReason[], linked: string[], matches: EarlierVerdict[], insights?: StatementInsights,
 * span?: TextSpan, taskId?: string, taskState?: TaskState, verdict?: Verdict, replaces?: string, addedBy?: string,
 * foundBy?: string, at?: string }} StatementView
 */
/** @typedef {{ items: StatementView[], cursor?: string }} StatementViewList */
/**
 * @typedef {{ task: TaskSummary, why: string[], statement: StatementView, meta: ArticleMeta, text: string,
 * drift: Drift[], proposal?: Decision, history: Decision[], ratings: RatingChoice[], proposedById?: string }}
 * TaskDetail
 */
/** @typedef { 'Selected' | 'Promoted' | 'Added' | 'Changed' | 'Reverification' } TaskOrigin */
/**
 * @typedef { 'Open' | 'InProgress' | 'AwaitingReply' | 'InReview' | 'Decided' | 'Superseded' | 'Spiked' } TaskState
 */
/**
 * @typedef {{ id: string, articleId: string, articleTitle: string, statementId: string, kind: StatementKind,
 * text: string, speaker?: string, state: TaskState, origin: TaskOrigin, priority: number, escalated: boolean,
 * createdAt: string, deadline: string, assignee?: string, lease?: Lease, eTag: string, assigneeId?: string,
 * holderId?: string }} TaskSummary
 */
/** @typedef {{ items: TaskSummary[], cursor?: string }} TaskSummaryList */
/** @typedef {{ words: number, characters: number }} TextSize */
/** @typedef {{ start: number, length: number, end?: number }} TextSpan */
/**
 * @typedef {{ id: string, isSession: boolean, role: Role, readOnly: boolean, issuedAt: string, expiresAt: string,
 * lastUsedAt?: string, isCurrent: boolean }} TokenView
 */
/** @typedef {{ items: TokenView[], cursor?: string }} TokenViewList */
/**
 * @typedef {{ version: number, change: VerdictChange, rating: string, previousRating?: string, explanation?: string,
 * evidence: Evidence[], taskId: string, publishedAt: string, reviewBy: string }} Verdict
 */
/** @typedef { 'First' | 'Update' | 'Clarification' | 'Correction' | 'Retraction' } VerdictChange */

export {};
