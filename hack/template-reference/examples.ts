/** One example of each function, by subject. Results are not written here: the engine makes them. */
export interface Section {
  readonly title: string;
  /** `name ~ example`, or `name ~ signature ~ example` where the definition does not tell the types. */
  readonly lines: readonly string[];
}

const section = (title: string, text: string): Section => ({
  title,
  lines: text
    .trim()
    .split("\n")
    .map(line => line.trim()),
});

export const sections: readonly Section[] = [
  section(
    "Logic and comparison",
    `
    and ~ any ...any → any ~ {{ and .uid .plan }}
    or ~ any ...any → any ~ {{ or .note "none" }}
    not ~ any → bool ~ {{ not .uid }}
    eq ~ any any ...any → bool ~ {{ eq .plan "basic" "pro" }}
    ne ~ any any → bool ~ {{ ne .plan "basic" }}
    lt ~ any any → bool ~ {{ lt 1 2 }}
    le ~ any any → bool ~ {{ le 2 2 }}
    gt ~ any any → bool ~ {{ gt (len .uid) 3 }}
    ge ~ any any → bool ~ {{ ge 1.5 2.0 }}
    ternary ~ {{ eq .plan "pro" | ternary 3 1 }}
    all ~ {{ all .uid .plan .note }}
    any ~ {{ any .uid .note }}
    deepEqual ~ {{ deepEqual (list 1 2) (list 1 2) }}
    `,
  ),
  section(
    "Defaults",
    `
    default ~ {{ .note | default "nothing" }}
    empty ~ {{ empty .note }}
    coalesce ~ {{ coalesce .note .plan "basic" }}
    fail ~ {{ fail "plan is required" }}
    `,
  ),
  section(
    "Printing and escaping",
    `
    print ~ ...any → string ~ {{ print .uid "-" 1 2 }}
    println ~ ...any → string ~ {{ println .uid 1 | quote }}
    printf ~ string ...any → string ~ {{ printf "%s-%03d" .uid 7 }}
    html ~ ...any → string ~ {{ html "<b>" }}
    js ~ ...any → string ~ {{ js "it's" }}
    urlquery ~ ...any → string ~ {{ urlquery "a b&c" }}
    len ~ any → int ~ {{ len .uid }}
    index ~ any ...any → any ~ {{ index (list "a" "b") 1 }}
    slice ~ {{ slice (list 1 2 3) 1 2 }}
    call ~ func ...any → any ~ {{ call .uid }}
    `,
  ),
  section(
    "Text",
    `
    hello ~ {{ hello }}
    trim ~ {{ trim "  a  " }}
    trimAll ~ {{ trimAll "$" "$5.00$" }}
    trimall ~ {{ trimall "-" "--a--" }}
    trimSuffix ~ {{ trimSuffix "-" "acme-" }}
    trimPrefix ~ {{ trimPrefix "v" "v1.2" }}
    nospace ~ {{ nospace "a b c" }}
    repeat ~ {{ repeat 3 "ab" }}
    contains ~ {{ contains "cm" .uid }}
    hasPrefix ~ {{ hasPrefix "ac" .uid }}
    hasSuffix ~ {{ hasSuffix "me" .uid }}
    quote ~ {{ quote .uid 5 }}
    squote ~ {{ squote .uid }}
    cat ~ {{ cat "a" 1 "b" }}
    indent ~ {{ indent 2 "a" }}
    nindent ~ {{ nindent 2 "a" }}
    replace ~ {{ .email | replace "@" "-at-" }}
    plural ~ {{ len (list 1 2) | plural "node" "nodes" }}
    wrap ~ {{ wrap 5 "one two three" }}
    wrapWith ~ {{ wrapWith 5 "/" "one two three" }}
    toString ~ {{ toString 5 | quote }}
    upper ~ {{ upper .uid }}
    lower ~ {{ lower "ACME" }}
    title ~ {{ title "hello world" }}
    untitle ~ {{ untitle "Hello World" }}
    swapcase ~ {{ swapcase "aBc" }}
    initials ~ {{ initials "First Try" }}
    camelcase ~ {{ camelcase "http_server" }}
    snakecase ~ {{ snakecase "FirstName" }}
    kebabcase ~ {{ kebabcase "FirstName" }}
    trunc ~ {{ trunc -2 .uid }}
    trunc63 ~ string → string ~ {{ repeat 40 "ab" | trunc63 | len }}
    substr ~ {{ substr 1 3 .uid }}
    abbrev ~ {{ abbrev 8 "hello world" }}
    abbrevboth ~ {{ abbrevboth 5 10 "1234 5678 9123" }}
    toHost ~ string → string ~ {{ toHost "https://a.example.com:8080/p" }}
    `,
  ),
  section(
    "Numbers",
    `
    int ~ any → int ~ {{ .replicas | int | add 1 }}
    float ~ any → float64 ~ {{ float "2.5" }}
    bool ~ any → bool ~ {{ bool "yes" }}
    int64 ~ {{ int64 "42" }}
    float64 ~ {{ float64 "2.5" }}
    atoi ~ {{ atoi "42" }}
    toDecimal ~ {{ toDecimal "0755" }}
    add ~ {{ add 1 2 3 }}
    add1 ~ {{ add1 2 }}
    sub ~ {{ sub 5 2 }}
    mul ~ {{ mul 2 3 4 }}
    div ~ {{ div 7 2 }}
    mod ~ {{ mod 7 2 }}
    max ~ {{ max 1 3 2 }}
    biggest ~ {{ biggest 1 3 2 }}
    min ~ {{ min 1 3 2 }}
    addf ~ {{ addf 1.5 2 }}
    add1f ~ {{ add1f 1.5 }}
    subf ~ {{ subf 7.5 2 }}
    mulf ~ {{ mulf 1.5 2 }}
    divf ~ {{ divf 10 4 }}
    maxf ~ {{ maxf 1.5 2.5 }}
    minf ~ {{ minf 1.5 2.5 }}
    floor ~ {{ floor 2.7 }}
    ceil ~ {{ ceil 2.1 }}
    round ~ {{ round 2.345 2 }}
    until ~ {{ until 3 }}
    untilStep ~ {{ untilStep 0 6 2 }}
    seq ~ {{ seq 1 2 7 }}
    `,
  ),
  section(
    "Lists",
    `
    list ~ {{ list 1 "a" true }}
    tuple ~ {{ tuple 1 2 }}
    split ~ {{ (split "," "a,b")._1 }}
    splitn ~ {{ (splitn "," 2 "a,b,c")._1 }}
    splitList ~ {{ splitList "," .features }}
    join ~ {{ splitList "," .features | join ";" }}
    toStrings ~ {{ toStrings (list 1 true) }}
    sortAlpha ~ {{ sortAlpha (list "b" "a") }}
    first ~ {{ first (list 1 2) }}
    mustFirst ~ {{ mustFirst (list 1 2) }}
    last ~ {{ last (list 1 2) }}
    mustLast ~ {{ mustLast (list 1 2) }}
    rest ~ {{ rest (list 1 2 3) }}
    mustRest ~ {{ mustRest (list 1 2 3) }}
    initial ~ {{ initial (list 1 2 3) }}
    mustInitial ~ {{ mustInitial (list 1 2 3) }}
    append ~ {{ append (list 1) 2 }}
    mustAppend ~ {{ mustAppend (list 1) 2 }}
    push ~ {{ push (list 1) 2 }}
    mustPush ~ {{ mustPush (list 1) 2 }}
    prepend ~ {{ prepend (list 2) 1 }}
    mustPrepend ~ {{ mustPrepend (list 2) 1 }}
    concat ~ {{ concat (list 1) (list 2 3) }}
    reverse ~ {{ reverse (list 1 2 3) }}
    mustReverse ~ {{ mustReverse (list 1 2 3) }}
    uniq ~ {{ uniq (list 1 2 1) }}
    mustUniq ~ {{ mustUniq (list 1 2 1) }}
    without ~ {{ without (list 1 2 3) 2 }}
    mustWithout ~ {{ mustWithout (list 1 2 3) 2 }}
    has ~ {{ has 2 (list 1 2) }}
    mustHas ~ {{ mustHas 2 (list 1 2) }}
    compact ~ {{ compact (list 1 0 "" 2) }}
    mustCompact ~ {{ mustCompact (list 1 0 "" 2) }}
    mustSlice ~ {{ mustSlice (list 1 2 3) 1 }}
    chunk ~ {{ chunk 2 (list 1 2 3) }}
    mustChunk ~ {{ mustChunk 2 (list 1 2 3) }}
    `,
  ),
  section(
    "Maps",
    `
    dict ~ {{ dict "a" 1 "b" 2 }}
    get ~ {{ get (dict "a" 1) "a" }}
    set ~ {{ set (dict "a" 1) "b" 2 }}
    unset ~ {{ unset (dict "a" 1 "b" 2) "a" }}
    hasKey ~ {{ hasKey . "plan" }}
    pluck ~ {{ pluck "a" (dict "a" 1) (dict "a" 2) }}
    keys ~ {{ keys (dict "b" 1 "a" 2) }}
    values ~ {{ values (dict "b" 1 "a" 2) }}
    pick ~ {{ pick (dict "a" 1 "b" 2) "a" }}
    omit ~ {{ omit (dict "a" 1 "b" 2) "a" }}
    dig ~ {{ dig "a" "b" "none" (dict "a" (dict "b" 1)) }}
    merge ~ {{ merge (dict "a" 1) (dict "a" 2 "b" 3) }}
    mustMerge ~ {{ mustMerge (dict "a" 1) (dict "b" 3) }}
    mergeOverwrite ~ {{ mergeOverwrite (dict "a" 1) (dict "a" 2) }}
    mustMergeOverwrite ~ {{ mustMergeOverwrite (dict "a" 1) (dict "a" 2) }}
    deepCopy ~ {{ deepCopy (dict "a" 1) }}
    mustDeepCopy ~ {{ mustDeepCopy (list 1) }}
    `,
  ),
  section(
    "JSON, YAML and encodings",
    `
    toJson ~ {{ dict "uid" .uid | toJson }}
    mustToJson ~ {{ mustToJson (list 1 "<") }}
    toPrettyJson ~ {{ toPrettyJson (list 1) }}
    mustToPrettyJson ~ {{ mustToPrettyJson (dict) }}
    toRawJson ~ {{ toRawJson "<b>" }}
    mustToRawJson ~ {{ mustToRawJson "&" }}
    fromJson ~ string → any ~ {{ (fromJson .settings).theme }}
    mustFromJson ~ {{ mustFromJson "[1,2]" }}
    toYaml ~ any → string ~ {{ dict "a" (list 1 2) | toYaml }}
    fromYaml ~ string → map ~ {{ (fromYaml "a: [x, z]").a }}
    b64enc ~ {{ b64enc .uid }}
    b64dec ~ {{ b64dec "YWNtZQ==" }}
    b32enc ~ {{ b32enc .uid }}
    b32dec ~ {{ b32dec "MFRGG===" }}
    `,
  ),
  section(
    "Regular expressions (RE2)",
    `
    regexMatch ~ {{ regexMatch "^[a-z]+$" .uid }}
    mustRegexMatch ~ {{ mustRegexMatch "^[0-9]+$" .uid }}
    regexFind ~ {{ regexFind "[0-9]+" "a12b3" }}
    mustRegexFind ~ {{ mustRegexFind "[0-9]+" "a12b3" }}
    regexFindAll ~ {{ regexFindAll "[0-9]" "a12b3" 2 }}
    mustRegexFindAll ~ {{ mustRegexFindAll "[0-9]" "a12b3" -1 }}
    regexReplaceAll ~ {{ regexReplaceAll "(a)(b)" "abab" "\${2}\${1}" }}
    mustRegexReplaceAll ~ {{ mustRegexReplaceAll "[^a-z]" "a.b" "-" }}
    regexReplaceAllLiteral ~ {{ regexReplaceAllLiteral "b" "abc" "$1" }}
    mustRegexReplaceAllLiteral ~ {{ mustRegexReplaceAllLiteral "b" "abc" "$1" }}
    regexSplit ~ {{ regexSplit "[,;]" "a,b;c" -1 }}
    mustRegexSplit ~ {{ mustRegexSplit "[,;]" "a,b;c" 2 }}
    regexQuoteMeta ~ {{ regexQuoteMeta "1.2" }}
    `,
  ),
  section(
    "Dates",
    `
    now ~ {{ now | kindOf }}
    ago ~ {{ ago now | len }}
    date ~ {{ date "2006-01-02" 1700000000 }}
    dateInZone ~ {{ dateInZone "15:04 MST" 1700000000 "Europe/Berlin" }}
    date_in_zone ~ {{ date_in_zone "15:04" 1700000000 "Asia/Kolkata" }}
    htmlDate ~ {{ htmlDate 1700000000 }}
    htmlDateInZone ~ {{ htmlDateInZone 1700000000 "Asia/Tokyo" }}
    toDate ~ {{ toDate "2006-01-02" "2024-02-29" }}
    mustToDate ~ {{ (mustToDate "2006-01-02" "2024-02-29").Weekday }}
    dateModify ~ {{ toDate "2006-01-02" "2024-02-28" | dateModify "48h" | date "Jan 2" }}
    date_modify ~ {{ toDate "2006-01-02" "2024-02-28" | date_modify "-24h" | htmlDate }}
    mustDateModify ~ {{ toDate "2006-01-02" "2024-02-28" | mustDateModify "1h" | date "15:04" }}
    must_date_modify ~ {{ toDate "2006-01-02" "2024-02-28" | must_date_modify "1m" | date "15:04" }}
    unixEpoch ~ {{ toDate "2006-01-02" "2024-02-29" | unixEpoch }}
    duration ~ {{ duration "95" }}
    durationRound ~ {{ durationRound "2h10m5s" }}
    `,
  ),
  section(
    "Types",
    `
    typeOf ~ {{ typeOf .uid }}
    typeIs ~ {{ typeIs "string" .uid }}
    typeIsLike ~ {{ typeIsLike "int" 5 }}
    kindOf ~ {{ kindOf (dict) }}
    kindIs ~ {{ kindIs "slice" (list) }}
    `,
  ),
  section(
    "Paths and URLs",
    `
    base ~ {{ base "/a/b.txt" }}
    dir ~ {{ dir "/a/b.txt" }}
    clean ~ {{ clean "/a/../b//c" }}
    ext ~ {{ ext "/a/b.txt" }}
    isAbs ~ {{ isAbs "/a" }}
    osBase ~ {{ osBase "/a/b.txt" }}
    osDir ~ {{ osDir "/a/b.txt" }}
    osClean ~ {{ osClean "a/./b" }}
    osExt ~ {{ osExt "b.tar.gz" }}
    osIsAbs ~ {{ osIsAbs "a" }}
    urlParse ~ {{ (urlParse "https://a.example.com:8080/p?q=1").host }}
    urlJoin ~ {{ urlJoin (dict "scheme" "https" "host" "a.example.com" "path" "/p") }}
    `,
  ),
  section(
    "Versions",
    `
    semver ~ {{ (semver "1.2.3-rc.1").Prerelease }}
    semverCompare ~ {{ semverCompare "^1.2" "1.4.0" }}
    `,
  ),
  section(
    "Hashes and passwords",
    `
    sha1sum ~ string → string ~ {{ sha1sum .uid | trunc 8 }}
    sha256sum ~ {{ sha256sum .uid | trunc 8 }}
    sha512sum ~ {{ sha512sum .uid | trunc 8 }}
    adler32sum ~ {{ adler32sum .uid }}
    bcrypt ~ {{ bcrypt "secret" | len }}
    htpasswd ~ {{ htpasswd "ann" "secret" | trunc 8 }}
    derivePassword ~ {{ derivePassword 1 "long" "master" "ann" "example.com" }}
    encryptAES ~ {{ encryptAES "key" "text" | decryptAES "key" }}
    decryptAES ~ {{ decryptAES "key" (encryptAES "key" "text") }}
    `,
  ),
  section(
    "Random values",
    `
    randAlphaNum ~ {{ randAlphaNum 8 | len }}
    randAlpha ~ {{ randAlpha 8 | len }}
    randNumeric ~ {{ randNumeric 8 | len }}
    randAscii ~ {{ randAscii 8 | len }}
    randBytes ~ {{ randBytes 9 | len }}
    randInt ~ {{ randInt 5 6 }}
    shuffle ~ {{ shuffle "aaa" }}
    uuidv4 ~ {{ uuidv4 | len }}
    `,
  ),
  section(
    "Keys and certificates",
    `
    genPrivateKey ~ {{ genPrivateKey "ed25519" | trunc 27 }}
    genCA ~ {{ (genCA "ca" 365).Cert | trunc 27 }}
    genCAWithKey ~ {{ (genCAWithKey "ca" 365 (genPrivateKey "ecdsa")).Cert | trunc 27 }}
    genSelfSignedCert ~ {{ (genSelfSignedCert "a.example.com" nil (list "a.example.com") 365).Cert | trunc 27 }}
    genSelfSignedCertWithKey ~ {{ (genSelfSignedCertWithKey "a.example.com" nil nil 365 (genPrivateKey "ecdsa")).Cert | trunc 27 }}
    genSignedCert ~ {{ $ca := genCA "ca" 365 }}{{ (genSignedCert "a.example.com" nil nil 365 $ca).Cert | trunc 27 }}
    genSignedCertWithKey ~ {{ $ca := genCA "ca" 365 }}{{ (genSignedCertWithKey "a" nil nil 365 $ca (genPrivateKey "ecdsa")).Cert | trunc 27 }}
    buildCustomCert ~ {{ $ca := genCA "ca" 365 }}{{ (buildCustomCert (b64enc $ca.Cert) (b64enc $ca.Key)).Cert | trunc 27 }}
    `,
  ),
  section(
    "Disabled",
    `
    env ~ {{ env "HOME" }}
    expandenv ~ {{ expandenv "$HOME" }}
    getHostByName ~ {{ getHostByName "example.com" }}
    `,
  ),
];
