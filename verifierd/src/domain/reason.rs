//! Why something was refused: one row a reason.

/// What a refusal is for the caller; `api::status` gives each its gRPC code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The request itself is wrong.
    InvalidArgument,
    /// What the request names is not there.
    NotFound,
    /// What the request would create is there already.
    AlreadyExists,
    /// The caller may not touch what the request names.
    PermissionDenied,
    /// The state of the account, the application or the log does not allow it.
    FailedPrecondition,
    /// A limit on work or tries was reached.
    ResourceExhausted,
    /// The daemon does not offer this.
    Unimplemented,
    /// The daemon cannot work now; trying again may help.
    Unavailable,
    /// The daemon failed.
    Internal,
    /// The outcome of an application, never an error.
    Outcome,
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $kind:ident, $ru:literal, $en:literal;)*) => {
        /// Why a request or an application was refused.
        ///
        /// Codes are stable and never reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs)]
        pub enum Reason { $($(#[$doc])* $name,)* }

        impl Reason {
            /// Every reason.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// What it is for the caller.
            pub fn kind(self) -> Kind {
                match self { $(Self::$name => Kind::$kind,)* }
            }

            /// What happened and what to do, in Russian.
            pub fn ru(self) -> &'static str {
                match self { $(Self::$name => $ru,)* }
            }

            /// What happened and what to do, in English.
            pub fn en(self) -> &'static str {
                match self { $(Self::$name => $en,)* }
            }
        }
    };
}

reasons! {
    FieldInvalid = "FIELD_INVALID", InvalidArgument,
        "Ошибка в полях запроса. Исправьте перечисленные поля и повторите.",
        "Some fields of the request are not acceptable. Correct the fields listed and try again.";
    SignatureEmpty = "SIGNATURE_EMPTY", InvalidArgument,
        "Файл подписи пуст. Подпишите заявление и отправьте файл подписи целиком.",
        "The signature file is empty. Sign the application and send the whole signature file.";
    SignatureTooLarge = "SIGNATURE_TOO_LARGE", InvalidArgument,
        "Файл подписи слишком велик. Отправьте подпись одного заявления, а не архив или документ с вложениями.",
        "The signature file is too large. Send the signature of one application, not an archive or a document with attachments.";
    StreamOrder = "STREAM_ORDER", InvalidArgument,
        "Нарушен порядок потока: первым идёт заголовок, за ним только части. Отправьте поток заново в этом порядке.",
        "The stream is out of order: first a header, then chunks only. Send the stream again in this order.";
    StreamEmpty = "STREAM_EMPTY", InvalidArgument,
        "В потоке нет ни одной части. Отправьте после заголовка сам файл.",
        "The stream has no chunk. Send the file itself after the header.";
    StreamTooLarge = "STREAM_TOO_LARGE", InvalidArgument,
        "Поток слишком велик. Вычислите дайджест документа сами и проверьте отсоединённую подпись по нему.",
        "The stream is too large. Compute a digest of the document and verify a detached signature by it.";
    StreamStalled = "STREAM_STALLED", ResourceExhausted,
        "Поток остановился: слишком долго не приходит следующая часть. Отправьте поток заново без перерывов.",
        "The stream has stalled: the next chunk has not come for too long. Send the stream again without pauses.";
    ReaderStalled = "READER_STALLED", ResourceExhausted,
        "Ответ слишком долго не читают, и он прерван. Запросите его снова; события — с номера, следующего за последним полученным.",
        "The answer has not been read for too long and was ended. Ask for it again; for events, from the number after the last one received.";
    TooManyCalls = "TOO_MANY_CALLS", ResourceExhausted,
        "Слишком много обращений этой роли в работе сразу или больше, чем программе можно начать за секунду. Повторите через указанное время.",
        "Too many calls of this role are in progress, or more than a program may begin within a second. Try again after the time given.";
    TooMuchInProgress = "TOO_MUCH_IN_PROGRESS", ResourceExhausted,
        "Сервис уже занят сообщениями на весь отведённый им объём памяти. Повторите через указанное время.",
        "The messages in progress take all the memory that is set aside for them. Try again after the time given.";
    TooManySubscriptions = "TOO_MANY_SUBSCRIPTIONS", ResourceExhausted,
        "Слишком много подписок на события сразу. Закройте лишние или повторите через указанное время.",
        "There are too many subscriptions to events at once. End those that are not needed, or try again after the time given.";
    ChunkSize = "CHUNK_SIZE", InvalidArgument,
        "Часть потока пуста или слишком велика. Отправляйте части от 1 байта до указанного предела.",
        "A chunk of the stream is empty or too large. Send chunks of 1 byte up to the limit given.";
    NotASignature = "NOT_A_SIGNATURE", InvalidArgument,
        "Это не электронная подпись CMS. Выберите файл подписи (.sig, .p7s), созданный при подписании.",
        "This is not a CMS signature. Choose the signature file (.sig, .p7s) made when signing.";
    SignatureTruncated = "SIGNATURE_TRUNCATED", InvalidArgument,
        "Файл подписи обрывается. Скопируйте или загрузите его ещё раз целиком.",
        "The signature file ends too early. Copy or upload the whole file again.";
    SignatureMalformed = "SIGNATURE_MALFORMED", InvalidArgument,
        "Структура подписи нарушена. Подпишите заявление ещё раз и отправьте новый файл.",
        "The structure of the signature is broken. Sign the application again and send the new file.";
    SignatureLimit = "SIGNATURE_LIMIT", InvalidArgument,
        "Подпись превышает предел разбора. Подпишите заявление обычным средством подписи без лишних вложений.",
        "The signature exceeds a limit of parsing. Sign the application with an ordinary signing tool, without extra attachments.";
    SignerCount = "SIGNER_COUNT", InvalidArgument,
        "Нужна подпись ровно одного человека. Подпишите заново только своей подписью.",
        "Exactly one signer is needed. Sign again with your own signature only.";
    ContentDiffers = "CONTENT_DIFFERS", InvalidArgument,
        "Подписано не то, что было выдано. Подпишите выданный файл без изменений.",
        "What was signed is not what was issued. Sign the issued file unchanged.";
    SignatureReplayed = "SIGNATURE_REPLAYED", InvalidArgument,
        "Эта подпись уже подана с другим заявлением. Подпишите новое заявление: подпись действует только один раз.",
        "This signature was submitted with another application. Sign the new application: a signature counts once only.";
    PageTokenInvalid = "PAGE_TOKEN_INVALID", InvalidArgument,
        "Метка страницы не от этого списка или список изменился. Начните список с начала: без метки страницы.",
        "The page token is not of this list, or the list is another now. Begin the list again: without a page token.";
    AccountUnknown = "ACCOUNT_UNKNOWN", NotFound,
        "Учётная запись не найдена. Проверьте её идентификатор или сначала зарегистрируйте её.",
        "There is no such account. Check its identifier or register it first.";
    ApplicationUnknown = "APPLICATION_UNKNOWN", NotFound,
        "Заявление не найдено. Подготовьте новое заявление.",
        "There is no such application. Prepare a new one.";
    AuditEntryUnknown = "AUDIT_ENTRY_UNKNOWN", NotFound,
        "В журнале нет такой записи. Проверьте её место, хеш или идентификатор заявления, по которому есть решение.",
        "There is no such entry in the audit log. Check its position, its hash or the identifier of a decided application.";
    ApplicationOfAnotherAccount = "APPLICATION_OF_ANOTHER_ACCOUNT", PermissionDenied,
        "Заявление выдано другой учётной записи. Подготовьте заявление в своей учётной записи.",
        "The application was issued to another account. Prepare one in your own account.";
    CallerUnknown = "CALLER_UNKNOWN", PermissionDenied,
        "Сертификат этой программы не внесён в настройки сервиса. Попросите оператора сервиса внести его с нужной ролью.",
        "The certificate of this program is not in the daemon's configuration. Ask the operator of the service to add it with its role.";
    MethodNotAllowed = "METHOD_NOT_ALLOWED", PermissionDenied,
        "Этот метод не для роли вызывающего. Обратитесь с сертификатом другой роли; роли методов — в docs/callers.md.",
        "This method is not for the caller's role. Call with a certificate of another role; docs/callers.md has the roles of the methods.";
    ChannelNotAllowed = "CHANNEL_NOT_ALLOWED", PermissionDenied,
        "Этот способ подтверждения не для роли вызывающего. Обратитесь с сертификатом роли, которой он разрешён: docs/callers.md.",
        "This channel is not for the caller's role. Call with a certificate of a role that may use it: docs/callers.md.";
    AccountExists = "ACCOUNT_EXISTS", AlreadyExists,
        "Учётная запись с этим идентификатором уже есть, и её данные другие. Выберите другой идентификатор.",
        "An account with this identifier exists with other data. Choose another identifier.";
    ContactAlreadyUsed = "CONTACT_ALREADY_USED", AlreadyExists,
        "Этот телефон или адрес почты уже принадлежит другой учётной записи. Укажите другой или войдите в ту запись.",
        "This phone or e-mail belongs to another account. Give another one or use that account.";
    SnilsAlreadyUsed = "SNILS_ALREADY_USED", AlreadyExists,
        "Этот СНИЛС уже подтверждён в другой учётной записи. Войдите в неё или обратитесь в центр обслуживания.",
        "This SNILS is already proven in another account. Use that account or visit a service centre.";
    LevelTooLow = "LEVEL_TOO_LOW", FailedPrecondition,
        "Подтвердить можно только стандартную учётную запись. Заполните личные данные и дождитесь их проверки.",
        "Confirming makes sense only with a standard account. Fill in the personal data and wait for their check.";
    AccountBlocked = "ACCOUNT_BLOCKED", FailedPrecondition,
        "Учётная запись заблокирована. Обратитесь в службу поддержки портала.",
        "The account is blocked. Contact the portal's support.";
    PersonalDataMissing = "PERSONAL_DATA_MISSING", FailedPrecondition,
        "В учётной записи нет личных данных, удостоверять нечего. Заполните личные данные и подготовьте заявление снова.",
        "The account holds no personal data to attest. Submit the personal data and prepare again.";
    EnrolmentUnknown = "ENROLMENT_UNKNOWN", NotFound,
        "Допуск не найден. Проверьте его идентификатор в списке допусков.",
        "There is no such enrolment. Check its identifier in the list of enrolments.";
    EnrolmentExists = "ENROLMENT_EXISTS", AlreadyExists,
        "Такой допуск уже действует с другими данными. Сначала прекратите его, затем внесите новый.",
        "It is enrolled already with other data. End that enrolment first, then enrol again.";
    EnrolmentEndsEarlier = "ENROLMENT_ENDS_EARLIER", FailedPrecondition,
        "Допуск прекращается раньше указанного времени. Чтобы продлить его, внесите новый допуск.",
        "The enrolment ends before the time given. To prolong it, enrol again.";
    CentreNotActive = "CENTRE_NOT_ACTIVE", FailedPrecondition,
        "Центр обслуживания не допущен к подтверждению личности. Обратитесь в действующий центр обслуживания.",
        "The service centre is not enrolled to confirm identities now. Visit an active service centre.";
    OperatorNotEnrolled = "OPERATOR_NOT_ENROLLED", FailedPrecondition,
        "Оператор не допущен к подтверждению личности в этом центре. Обратитесь к другому оператору.",
        "The operator is not enrolled at this service centre. Turn to another operator.";
    OperatorEnrolmentEnded = "OPERATOR_ENROLMENT_ENDED", FailedPrecondition,
        "Допуск оператора прекращён. Обратитесь к другому оператору.",
        "The operator's enrolment has ended. Turn to another operator.";
    OperatorAttestsSelf = "OPERATOR_ATTESTS_SELF", FailedPrecondition,
        "Оператор не может подтвердить собственную личность. Обратитесь к другому оператору.",
        "An operator cannot attest their own identity. Turn to another operator.";
    BankNotEnrolled = "BANK_NOT_ENROLLED", FailedPrecondition,
        "Банк не допущен к подтверждению личности. Обратитесь в другой банк или в центр обслуживания.",
        "The bank is not enrolled to confirm identities. Turn to another bank or to a service centre.";
    BankEnrolmentEnded = "BANK_ENROLMENT_ENDED", FailedPrecondition,
        "Допуск банка прекращён. Обратитесь в другой банк или в центр обслуживания.",
        "The bank's enrolment has ended. Turn to another bank or to a service centre.";
    AttestationTooOld = "ATTESTATION_TOO_OLD", FailedPrecondition,
        "Удостоверение банка слишком старое. Подготовьте и подпишите новое.",
        "The bank's attestation is too old. Prepare and sign a new one.";
    AccountAlreadyBlocked = "ACCOUNT_ALREADY_BLOCKED", FailedPrecondition,
        "Учётная запись уже заблокирована по другому распоряжению. Посмотрите его; чтобы заменить, сначала разблокируйте.",
        "The account is blocked already by another order. Look at it; to replace it, unblock the account first.";
    ApplicationExpired = "APPLICATION_EXPIRED", FailedPrecondition,
        "Срок заявления истёк. Подготовьте и подпишите новое заявление.",
        "The application has expired. Prepare and sign a new one.";
    ApplicationCancelled = "APPLICATION_CANCELLED", FailedPrecondition,
        "Заявление отменено: личные данные изменились после его выдачи. Подготовьте и подпишите новое.",
        "The application is cancelled: the personal data changed after it was issued. Prepare and sign a new one.";
    ApplicationOfAnotherInstance = "APPLICATION_OF_ANOTHER_INSTANCE", FailedPrecondition,
        "Заявление выдано другой установкой сервиса. Подготовьте и подпишите новое заявление здесь.",
        "The application was issued by another installation. Prepare and sign a new one here.";
    ApplicationAlreadySubmitted = "APPLICATION_ALREADY_SUBMITTED", FailedPrecondition,
        "По этому заявлению уже подана другая подпись. Посмотрите результат или подготовьте новое заявление.",
        "Another signature was already submitted for this application. See its outcome or prepare a new one.";
    PostalCodeWrong = "POSTAL_CODE_WRONG", InvalidArgument,
        "Код не подходит. Сверьте все 16 цифр с последним письмом и введите ещё раз.",
        "The code does not fit. Compare all 16 digits with the latest letter and enter them again.";
    PostalCodeNotIssued = "POSTAL_CODE_NOT_ISSUED", FailedPrecondition,
        "Письмо с кодом этой учётной записи не отправлялось. Закажите письмо.",
        "No letter with a code was issued to this account. Order one.";
    PostalCodeTooSoon = "POSTAL_CODE_TOO_SOON", FailedPrecondition,
        "После последнего письма прошло меньше 30 дней. Дождитесь письма или закажите новое в указанное время.",
        "The last letter is less than 30 days old. Wait for it, or order another after the time given.";
    PostalCodeExpired = "POSTAL_CODE_EXPIRED", FailedPrecondition,
        "Срок кода истёк: он действует 90 дней. Закажите новое письмо.",
        "The code has expired: it counts for 90 days. Order a new letter.";
    PostalCodeSpent = "POSTAL_CODE_SPENT", FailedPrecondition,
        "Код больше не действует: он использован или попытки исчерпаны. Закажите новое письмо.",
        "The code counts no more: it was used, or its tries are spent. Order a new letter.";
    PostalCodeVoid = "POSTAL_CODE_VOID", FailedPrecondition,
        "Код больше не действует: после отправки письма личные данные изменились или заказано другое. Закажите новое письмо или введите код из последнего.",
        "The code counts no more: the personal data changed after the letter, or another was ordered. Order a new letter or enter the code of the latest.";
    PostalCodeNotSigned = "POSTAL_CODE_NOT_SIGNED", FailedPrecondition,
        "Код из письма не подписывают. Закажите письмо и введите код, или выберите подтверждение подписью.",
        "A code of a letter is not signed. Order a letter and enter its code, or choose confirmation by signature.";
    AlreadyConfirmed = "ALREADY_CONFIRMED", FailedPrecondition,
        "Учётная запись уже подтверждена более надёжным способом. Письмо с кодом не нужно.",
        "The account is confirmed in a stronger way already. No letter is needed.";
    NotConfirmed = "NOT_CONFIRMED", FailedPrecondition,
        "Организацию присоединяют к подтверждённой учётной записи. Сначала подтвердите её.",
        "An organisation is linked to a confirmed account. Confirm the account first.";
    OrganisationAlreadyLinked = "ORGANISATION_ALREADY_LINKED", AlreadyExists,
        "Эта организация уже присоединена к учётной записи. Посмотрите список организаций.",
        "This organisation is linked to the account already. See the list of its organisations.";
    OrganisationLinkUnknown = "ORGANISATION_LINK_UNKNOWN", NotFound,
        "У учётной записи нет такой организации. Посмотрите список организаций.",
        "The account has no such organisation. See the list of its organisations.";
    ApplicationOfAnotherKind = "APPLICATION_OF_ANOTHER_KIND", FailedPrecondition,
        "Заявление о присоединении организации и заявление о подтверждении записи не заменяют друг друга. Подготовьте нужное заявление.",
        "An application to link an organisation and one to confirm an account do not stand for each other. Prepare the one that is needed.";
    SignInChallengeUnknown = "SIGN_IN_CHALLENGE_UNKNOWN", NotFound,
        "Запрос на вход не найден. Начните вход заново.",
        "There is no such sign-in challenge. Start the sign-in again.";
    SignInOriginDiffers = "SIGN_IN_ORIGIN_DIFFERS", PermissionDenied,
        "Запрос на вход выдан для другого сайта. Начните вход заново на том сайте, на котором подписываете.",
        "The sign-in challenge was issued for another site. Start the sign-in again on the site where you sign.";
    SignInOfAnotherInstance = "SIGN_IN_OF_ANOTHER_INSTANCE", FailedPrecondition,
        "Запрос на вход выдан другой установкой сервиса. Начните вход заново здесь.",
        "The sign-in challenge was issued by another installation. Start the sign-in again here.";
    SignInChallengeExpired = "SIGN_IN_CHALLENGE_EXPIRED", FailedPrecondition,
        "Время на вход истекло. Начните вход заново и подпишите в течение пяти минут.",
        "The time to sign in is over. Start the sign-in again and sign within five minutes.";
    SignInChallengeSpent = "SIGN_IN_CHALLENGE_SPENT", FailedPrecondition,
        "Этот запрос на вход уже использован. Начните вход заново: каждый запрос действует один раз.",
        "This sign-in challenge is spent. Start the sign-in again: each challenge counts once.";
    EventNotYet = "EVENT_NOT_YET", FailedPrecondition,
        "Событий с таким номером ещё нет: журнал короче, чем помнит вызывающий. Проверьте номер; если базу восстановили из копии, сверьте записи с указанного номера.",
        "There is no event of this number yet: the log is shorter than the caller remembers. Check the number; if the database was restored from a copy, compare the records from the number given.";
    RegistryCheckNotCurrent = "REGISTRY_CHECK_NOT_CURRENT", FailedPrecondition,
        "Ответ относится не к последней проверке личных данных. Запросите учётную запись и ответьте на её текущую проверку.",
        "The answer is not to the latest check of the personal data. Read the account and answer its current check.";
    RegistryCheckDecided = "REGISTRY_CHECK_DECIDED", FailedPrecondition,
        "Проверка уже завершена с другим ответом. Отправьте личные данные ещё раз, чтобы начать новую.",
        "The check is already decided with another answer. Submit the personal data again to open a new one.";
    TooManyFailedTries = "TOO_MANY_FAILED_TRIES", ResourceExhausted,
        "Слишком много неудачных попыток. Повторите позже, когда пройдёт указанное время.",
        "Too many failed tries. Try again after the time given.";
    CallerTries = "TOO_MANY_FAILED_TRIES_OF_CALLER", ResourceExhausted,
        "У этой программы слишком много неудачных попыток по всем учётным записям вместе. Повторите через указанное время; предел — в applications.failed_tries_of_caller.",
        "This program has had too many failed tries for all accounts together. Try again after the time given; the limit is applications.failed_tries_of_caller.";
    TooManyOpenApplications = "TOO_MANY_OPEN_APPLICATIONS", ResourceExhausted,
        "У учётной записи слишком много открытых заявлений. Отправьте подпись одного из них или дождитесь, когда закончится их срок.",
        "The account has too many open applications. Submit the signature of one of them, or wait until they expire.";
    Busy = "BUSY", ResourceExhausted,
        "Сервис занят проверкой других подписей. Повторите через указанное время.",
        "The service is busy with other signatures. Try again after the time given.";
    MessageTooLarge = "MESSAGE_TOO_LARGE", ResourceExhausted,
        "Сообщение больше 5 МиБ. Отправьте только подпись заявления, а содержимое передайте дайджестом.",
        "The message is larger than 5 MiB. Send the signature only, and the content as a digest.";
    MessageMalformed = "MESSAGE_MALFORMED", InvalidArgument,
        "Сообщение не читается: это не то, что описано в .proto. Соберите клиента по файлам .proto этой версии.",
        "The message cannot be read: it is not what the .proto files say. Build the client from the .proto files of this version.";
    MethodUnknown = "METHOD_UNKNOWN", Unimplemented,
        "Такого метода здесь нет. Проверьте его имя и версию сервиса: список методов даёт reflection.",
        "There is no such method here. Check its name and the version of the daemon: reflection lists the methods.";
    JudgeUnavailable = "JUDGE_UNAVAILABLE", Unavailable,
        "Проверка подписей сейчас недоступна: нет действующего набора доверия. Повторите позже.",
        "Signatures cannot be judged now: there is no trust snapshot in use. Try again later.";
    StoreUnavailable = "STORE_UNAVAILABLE", Unavailable,
        "Хранилище сейчас недоступно; как правило, при этом ничего не записано. Повторите тот же запрос позже: ответ покажет, что уже записано.",
        "The store is not available now; as a rule nothing was written then. Repeat the same request later: its answer shows what was written.";
    LogNotContinued = "LOG_NOT_CONTINUED", FailedPrecondition,
        "Журнал не продолжает то, что было подписано раньше; он не подписывается, пока оператор сервиса не разберётся. Сообщите службе поддержки номер запроса.",
        "The audit log does not continue what was signed before; it is not signed until the operator of the service has looked into it. Give support the request id.";
    LogHeadNotKept = "LOG_HEAD_NOT_KEPT", Unavailable,
        "Сервис не смог сохранить контрольную точку журнала рядом с ключом и потому её не выдал; само решение записано. Повторите тот же запрос позже.",
        "The service could not keep the checkpoint of the log beside its key, and so did not give it out; a decision is written all the same. Repeat the same request later.";
    Internal = "INTERNAL", Internal,
        "Внутренняя ошибка. Сообщите службе поддержки номер запроса.",
        "Internal error. Give support the request id.";
    BackEndsDisagree = "BACK_ENDS_DISAGREE", Internal,
        "Подпись не проверена: две реализации алгоритма дали разный результат. Сообщите об этом разработчикам и приложите подпись.",
        "The signature was not judged: two implementations of its algorithm disagree. Report it with the signature.";
    SignatureBroken = "SIGNATURE_BROKEN", Outcome,
        "Подпись не сходится: файл изменён после подписания или подписан другим ключом. Подпишите новое заявление или новый запрос на вход.",
        "The signature does not verify: the file was changed after signing or another key made it. Sign a new application or sign-in challenge.";
    SignatureFormat = "SIGNATURE_FORMAT", Outcome,
        "Формат подписи не соответствует стандарту. Подпишите новое заявление или новый запрос на вход другим средством подписи.",
        "The format of the signature breaks the standard. Sign a new application or sign-in challenge with another signing tool.";
    SigningCertificateMissing = "SIGNING_CERTIFICATE_MISSING", Outcome,
        "В подписи не найден сертификат подписавшего. Подпишите новое заявление или новый запрос на вход, включив сертификат в подпись.",
        "The signer's certificate was not found. Sign a new application or sign-in challenge and include the certificate.";
    SignatureAttributes = "SIGNATURE_ATTRIBUTES", Outcome,
        "Подписанные атрибуты не отвечают требованиям. Подпишите новое заявление или новый запрос на вход в формате CAdES.",
        "The signed attributes do not meet the requirements. Sign a new application or sign-in challenge in CAdES format.";
    CertificateExpired = "CERTIFICATE_EXPIRED", Outcome,
        "Срок действия сертификата истёк. Получите новый сертификат и подпишите новое заявление или новый запрос на вход.",
        "The certificate has expired. Obtain a new one and sign a new application or sign-in challenge.";
    CertificateNotYetValid = "CERTIFICATE_NOT_YET_VALID", Outcome,
        "Срок действия сертификата ещё не начался. Подпишите новое заявление или новый запрос на вход, когда он начнётся.",
        "The certificate is not valid yet. Sign a new application or sign-in challenge when it is.";
    CertificateRevoked = "CERTIFICATE_REVOKED", Outcome,
        "Сертификат отозван. Получите новый сертификат и подпишите новое заявление или новый запрос на вход.",
        "The certificate is revoked. Obtain a new one and sign a new application or sign-in challenge.";
    CertificateAuthorityUnknown = "CERTIFICATE_AUTHORITY_UNKNOWN", Outcome,
        "Удостоверяющий центр неизвестен. Используйте сертификат аккредитованного удостоверяющего центра.",
        "The certification authority is unknown. Use a certificate of an accredited authority.";
    CertificatePathInvalid = "CERTIFICATE_PATH_INVALID", Outcome,
        "Цепочка сертификатов нарушает правила. Обратитесь в удостоверяющий центр, выдавший сертификат.",
        "The certification path breaks the rules. Contact the authority that issued the certificate.";
    AlgorithmNotAccepted = "ALGORITHM_NOT_ACCEPTED", Outcome,
        "Алгоритм подписи больше не принимается. Подпишите новое заявление или новый запрос на вход ключом ГОСТ Р 34.10-2012.",
        "The signature algorithm is no longer accepted. Sign a new application or sign-in challenge with a GOST R 34.10-2012 key.";
    AlgorithmUnknown = "ALGORITHM_UNKNOWN", Outcome,
        "Алгоритм подписи здесь неизвестен, она не проверена. Подпишите новое заявление или новый запрос на вход ключом ГОСТ Р 34.10-2012.",
        "The signature algorithm is not known here, so it was not verified. Sign a new application or sign-in challenge with a GOST R 34.10-2012 key.";
    RevocationDataMissing = "REVOCATION_DATA_MISSING", Outcome,
        "Нельзя узнать, не отозван ли сертификат. Пока заявление отложено, проверка повторяется: дождитесь результата.",
        "It is not known whether the certificate is revoked. While the application is deferred the check is repeated: wait for the outcome.";
    AuthorityListOutdated = "AUTHORITY_LIST_OUTDATED", Outcome,
        "Список аккредитованных удостоверяющих центров старше сертификата. Пока заявление отложено, проверка повторяется по новым спискам: дождитесь результата.",
        "The list of accredited authorities is older than the certificate. While the application is deferred the check is repeated with newer lists: wait for the outcome.";
    EvidenceUnknown = "EVIDENCE_UNKNOWN", NotFound,
        "Такого доказательства у этой учётной записи нет. Проверьте номер или не указывайте его: тогда берётся то, на котором основано подтверждение.",
        "This account has no such evidence. Check the id, or leave it out for the one that the confirmation rests on.";
    EvidenceWithoutBundle = "EVIDENCE_WITHOUT_BUNDLE", FailedPrecondition,
        "Пакета для этой записи нет: никто ничего не подписывал или основания проверки не сохранены. Покажите запись журнала.",
        "There is no bundle: nobody signed, or what it was judged by is not kept. Show the entry of the audit log instead.";
    EvidenceChanged = "EVIDENCE_CHANGED", FailedPrecondition,
        "Сохранённое доказательство не то, которое связывает журнал: запись изменена или утрачена. Восстановите базу из копии и проверьте журнал.",
        "The stored evidence is not what the audit log binds: it was changed or lost. Restore the database from a backup and verify the log.";
    EvidenceNotRepeated = "EVIDENCE_NOT_REPEATED", FailedPrecondition,
        "Повторная проверка дала другой отчёт, пакет не выдан. Сообщите разработчикам номер запроса и версию программы.",
        "Judged again it gave another report, so no bundle is given out. Report the request id and the version of the program.";
    DeferralLimitReached = "DEFERRAL_LIMIT_REACHED", Outcome,
        "Срок повторных проверок истёк, а нужных данных так и нет. Подпишите новое заявление позже.",
        "The time for repeated checks is over and the data needed never came. Sign a new application later.";
    SignatureFailed = "SIGNATURE_FAILED", Outcome,
        "Подпись недействительна. Причины в отчёте; подпишите новое заявление или новый запрос на вход.",
        "The signature is not valid. The report has the reasons; sign a new application or sign-in challenge.";
    SignatureIndeterminate = "SIGNATURE_INDETERMINATE", Outcome,
        "Подпись нельзя ни подтвердить, ни опровергнуть. Причины в отчёте; подпишите новое заявление или новый запрос на вход.",
        "The signature can be neither proven nor refuted. The report has the reasons; sign a new application or sign-in challenge.";
    CertificateNotQualified = "CERTIFICATE_NOT_QUALIFIED", Outcome,
        "Подпись не является квалифицированной. Используйте квалифицированный сертификат.",
        "The signature is not a qualified one. Use a qualified certificate.";
    QualificationNotProvable = "QUALIFICATION_NOT_PROVABLE", Outcome,
        "Нельзя доказать, что подпись квалифицированная. Причины в отчёте; подпишите новое заявление или новый запрос на вход.",
        "It cannot be proven that the signature is a qualified one. The report has the reasons; sign a new application or sign-in challenge.";
    CertificateWithoutSnils = "CERTIFICATE_WITHOUT_SNILS", Outcome,
        "В сертификате нет СНИЛС. Получите квалифицированный сертификат физического лица с вашим СНИЛС.",
        "The certificate names no SNILS. Obtain a qualified certificate of a natural person with your SNILS.";
    PostalCodeTries = "POSTAL_CODE_TRIES", Outcome,
        "Пять раз введён неверный код, код из этого письма больше не действует. Закажите новое письмо.",
        "A wrong code was entered five times, so the code of this letter counts no more. Order a new letter.";
    OrganisationDiffers = "ORGANISATION_DIFFERS", Outcome,
        "Сертификат выдан не на эту организацию. Подпишите новое заявление квалифицированным сертификатом этой организации.",
        "The certificate does not name this organisation. Sign a new application with its qualified certificate.";
    HeadNotNamed = "HEAD_NOT_NAMED", Outcome,
        "В сертификате организации нет ни вашего СНИЛС, ни вашего ИНН. Подпишите новое заявление сертификатом, выданным на вас как руководителя.",
        "The organisation's certificate states neither your SNILS nor your INN. Sign a new application with one that names you as its head.";
    SignInTryLater = "SIGN_IN_TRY_LATER", Outcome,
        "Пока нельзя узнать, не отозван ли сертификат, вход не выполнен. Повторите вход позже.",
        "It is not known yet whether the certificate is revoked, so nobody is signed in. Start the sign-in again later.";
    NoConfirmedAccount = "NO_CONFIRMED_ACCOUNT", Outcome,
        "У владельца сертификата нет подтверждённой учётной записи. Подтвердите свою запись и войдите снова.",
        "The holder of the certificate has no confirmed account. Confirm your account and sign in again.";
    PersonDiffers = "PERSON_DIFFERS", Outcome,
        "Сертификат выдан на другие данные. Сверьте перечисленные поля в учётной записи и в сертификате.",
        "The certificate names other data. Compare the fields listed in the account and in the certificate.";
    CertificateNotOfOrganisation = "CERTIFICATE_NOT_OF_ORGANISATION", Outcome,
        "Сертификат не принадлежит организации: в нём нет её ОГРН. Подпишите новое удостоверение сертификатом банка.",
        "The certificate is not an organisation's: it names no OGRN. Sign a new attestation with the bank's certificate.";
    AttestorDiffers = "ATTESTOR_DIFFERS", Outcome,
        "Удостоверение подписал не тот, кто в нём назван. Подготовьте новое и подпишите его сертификатом названного лица.",
        "Another than the one it names signed the attestation. Prepare a new one and sign it with the certificate of whom it names.";
}

impl Reason {
    /// Finds a reason by its stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|r| r.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_reason_has_its_own_code_and_texts() {
        let distinct = |text: fn(Reason) -> &'static str| {
            Reason::ALL
                .iter()
                .map(|r| text(*r))
                .collect::<BTreeSet<_>>()
                .len()
        };
        assert_eq!(distinct(Reason::code), Reason::ALL.len());
        assert_eq!(distinct(Reason::ru), Reason::ALL.len());
        assert_eq!(distinct(Reason::en), Reason::ALL.len());
    }

    #[test]
    fn codes_are_stable_words() {
        for reason in Reason::ALL {
            let code = reason.code();
            assert!(
                code.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'),
                "{code}"
            );
            assert_eq!(Reason::from_code(code), Some(*reason));
        }
        assert_eq!(Reason::from_code("NO_SUCH_CODE"), None);
    }

    #[test]
    fn what_a_verdict_says_is_true_at_a_sign_in_too() {
        let verdicts = Reason::ALL.iter().filter(|reason| {
            let code = reason.code();
            let of_verdict = ["SIGNATURE_", "SIGNING_", "CERTIFICATE_", "ALGORITHM_"];
            let of_attestation = **reason == Reason::CertificateNotOfOrganisation;
            reason.kind() == Kind::Outcome
                && !of_attestation
                && of_verdict.iter().any(|prefix| code.starts_with(prefix))
        });
        for reason in verdicts {
            let (ru, en) = (reason.ru(), reason.en());
            assert_eq!(
                ru.contains("новое заявление"),
                ru.contains("новый запрос на вход"),
                "{ru}"
            );
            assert_eq!(
                en.contains("a new application"),
                en.contains("sign-in challenge"),
                "{en}"
            );
        }
    }

    #[test]
    fn every_text_says_what_to_do() {
        for reason in Reason::ALL {
            assert!(
                reason.ru().matches(['.', ':', ';']).count() >= 2,
                "{reason:?}"
            );
            assert!(
                reason.en().matches(['.', ':', ';']).count() >= 2,
                "{reason:?}"
            );
        }
    }
}
