# Die Texte der Seite. Jede Sprache hat dieselben.

## Um jede Seite
pages = Seiten
skip = Zum Inhalt
tasks = Aufgaben
workflows = Workflows
executions = Ausführungen
users = Benutzer
role = Rolle
language = Sprache
choose = Wählen
busy = Wird gesendet …
nothing-for-you = Hier ist noch nichts für Sie
nothing-for-role = Die Rolle „{ $role }“ sieht keine Sammlung und entscheidet keine Aufgaben. Bitten Sie die Verwaltung um eine andere Rolle.
no-page = Diese Seite gibt es nicht.

## Anmelden
sign-in = Anmelden
sign-out = Abmelden
sign-in-outside = Sie sind nicht angemeldet. Melden Sie sich dort an, wo Sie es sonst tun, und kommen Sie zurück.
account = E-Mail oder Spitzname
nickname = Spitzname
password = Passwort
password-change = Passwort ändern
setup = Die erste Verwalterin, der erste Verwalter
setup-what = Noch kann sich niemand anmelden. Geben Sie den Code ein, den das Programm beim Start gezeigt hat.
setup-code = Code
setup-do = Konto anlegen

## Ablehnungen
refused = Das wurde nicht getan
not-found = Nicht gefunden
not-allowed = Nicht erlaubt
conflict = Das widerspricht dem, was gespeichert ist
broken = Etwas ist schiefgegangen
foreign-request = Dieses Formular kam von einer anderen Seite oder von einem Browser, der nicht sagt, woher. Es wurde nichts getan.
unreadable = Das war nicht zu lesen. Es ist nichts geschehen.

## Werte
yes = ja
no = nein
none = –
optional = (freiwillig)
you = Sie

## Listen
pages-of-list = Seiten der Liste
previous = Zurück
next = Weiter
page-of = Seite { $page } von { $last }

## Aufgaben
tasks-open = Offen
tasks-closed = Erledigt
tasks-none = Nichts wartet auf Sie. Was Sie entscheiden sollen, erscheint hier von selbst.
tasks-none-closed = Sie haben noch nichts entschieden.
task-about = Worum es geht
task-record-gone = Sie dürfen den Datensatz nicht sehen, oder es gibt ihn nicht mehr.
task-needs = { $needed } von { $of }
due = fällig
decided-before = Bisher entschieden
as-root = als root
comment = Kommentar
approve = Genehmigen
reject = Ablehnen
submit = Absenden
delegate = Weitergeben
delegate-to = An wen?
overdue = überfällig seit
due-soon = bald fällig:
handed-on = { $from } hat dies an { $to } weitergegeben
delegate-how = Die genaue E-Mail-Adresse oder der genaue Spitzname.

## Zustände
status-open = offen
status-approved = genehmigt
status-rejected = abgelehnt
status-answered = beantwortet
status-timed-out = Zeit abgelaufen
status-closed = geschlossen
status-queued = wartend
status-started = läuft
status-resolved = erledigt
status-failed = gescheitert
status-error = Fehler
status-aborted = abgebrochen
status-stranded = gestrandet
status-pending = wartet

## Daten
actions = Aktionen
add = Hinzufügen
edit = Ändern
save = Speichern
destroy = Löschen
destroy-sure = Danach ist es endgültig weg.
destroy-do = Löschen
search = Suchen
search-all = Alles zeigen
search-none = Nichts passt zu dem, was Sie suchen.
filters = Filter
any = alle
from = von
to = bis
views = Ansichten
view-table = Tabelle
view-board = Tafel
board-by = Spalten nach
move = Verschieben
pick-new = – neu anlegen –
pick-search = Nach anderen suchen
rows-more = Noch eines
rows-new = Ein neues
rows-drop = Entfernen
rows-release = Von hier lösen
pick-too-many = zu viele, um hier geändert zu werden
pick-found = { $count ->
    [0] Nichts gefunden
    [one] Ein Treffer
   *[other] { $count } Treffer
}
more = … und { $count } weitere
records-none = Noch ist nichts da. Was hinzukommt, erscheint hier.
records-none-here = Keine.
records-count = { $count ->
    [one] Ein Datensatz
   *[other] { $count } Datensätze
}
all-of-them = Alle
several = Ausgewählte Datensätze
several-ticked = Ausgewählt:
several-all = Alle { $count }, auf allen Seiten
several-none = Wählen Sie zuerst Datensätze aus.
several-done = { $count ->
    [0] Nichts wurde getan: Das geht mit keinem der Datensätze.
    [one] Mit einem Datensatz getan.
   *[other] Mit { $count } Datensätzen getan.
}
select = Auswählen
select-page = Alle auf dieser Seite auswählen
no-form = Dieses Formular haben Sie hier nicht.
switched-off = Ausgeschaltet und daher nicht ausgeführt: { $workflows }.
fields = Felder
created = Angelegt
updated = Geändert
finished = Beendet
started = Begonnen
history = Verlauf
runs-none = Er ist noch nicht gelaufen.
history-none = Noch ist kein Workflow gelaufen.
record = Datensatz
by = Von
done = Erledigt.

## Workflows
workflow = Workflow
workflows-none = Das Programm hat keine Workflows.
trigger = Auslöser
running = Laufend
trouble = In Not
enabled = Eingeschaltet
switch-on = Einschalten
switch-off = Ausschalten
is-on = an
is-off = aus
execution-sync = in der Anfrage
execution-async = nach der Anfrage
key = Schlüssel
revision = Revision
source = Quelltext
fire-it = Auslösen
graph = Graph
graph-of-function = Eine Funktion: Was sie tut, zeigen die Knoten ihrer Ausführungen, wenn sie gelaufen ist.
graph-of-runs = Eine Funktion: die Knoten, zu denen ihre letzten Ausführungen kamen.
graph-of-workflow = Ein Klick auf einen Knoten kopiert seinen Schlüssel.
graph-states = Was aus jedem Knoten wurde; ein Klick kopiert seinen Schlüssel.
graph-of-nodes = Die Knoten, zu denen diese Ausführung kam; ein Klick kopiert ihren Schlüssel.
fires-local = Wo er genannt wird, für einen Datensatz von { $collection }
fires-custom = Auf Anfrage, für Datensätze von { $collection }, ohne etwas zu schreiben
fires-alone = Auf Anfrage, ohne Datensatz
fires-clock = Nach der Uhr:
fires-date = Nach einem Datum jedes Datensatzes von { $collection }:
fires-called = Wenn ein anderes System ruft, mit Unterschrift: POST /api/hooks/{ $path }
next-run = Nächster Lauf
last-run = Letzter Lauf
fires-global = Bei jedem { $actions } von { $collection }
fires-event = Bei jedem { $actions } von { $collection }, von wem auch immer
runs-before = Vor jedem { $actions } von { $collection }
runs-before-named = Wo er genannt wird, bevor ein Datensatz von { $collection } geschrieben wird
not-again = Nicht noch einmal gestartet
arguments = Deklariert mit
last-error = Letzter Fehler
revisions-open = { $count ->
    [one] Eine offene Ausführung hat eine andere Revision: Sie geht mit dieser weiter, wenn sie passt.
   *[other] { $count } offene Ausführungen haben eine andere Revision: Sie gehen mit dieser weiter, wenn sie passen.
}
copy = Kopieren
in-trouble = { $count ->
    [one] Eine Ausführung ist in Not
   *[other] { $count } Ausführungen sind in Not
}
latest = Die letzten Ausführungen

## Ausführungen
executions-none = Keine Ausführung passt. Workflows laufen, nachdem jemand etwas getan hat.
status = Zustand
these-open = alle, die nicht vorbei sind
these-trouble = alle in Not
execution-cancel = Abbrechen
execution-rerun = Weiter, wo es brach
executions-count = { $count ->
    [one] Eine Ausführung
   *[other] { $count } Ausführungen
}
collection = Sammlung
record-number = Nummer des Datensatzes
error-text = Text des Fehlers
execution-go-on = Weiter, wo sie stand
execution-from-here = Von hier noch einmal
execution-restart = Mit dem heutigen Code ab diesem Knoten weiter
stranded-why = Ihr Journal passt nicht zum heutigen Code
stranded-what = Nichts ist verloren. Sie geht von selbst weiter, sobald der alte Code zurück ist, oder ab einem Knoten mit dem heutigen.
caused-by = Verursacht durch
called-by = Aufgerufen von
called = Was sie aufgerufen hat
version = Version
revision-other = nicht die des heutigen Codes
waits-for = Sie wartet auf
until = bis
aborted-at = Alles wird abgebrochen
changed-fields = Geändert
before = Der Datensatz davor
input = Eingabe
tries = Versuche
put-aside = Beiseitegelegt
put-aside-what = Knoten aus der Zeit vor der Wiederholung. Was sie an Datensätzen getan haben, bleibt.
run-again-at = Wiederholt
nodes = Knoten
nodes-none = Noch ist kein Knoten gelaufen.
attempts = { $count } Versuche
output = Ergebnis
cause = Was sie ausgelöst hat
context = Der Datensatz in diesem Augenblick
number = Nummer
trace = Trace

## Benutzer
email = E-Mail
roles = Rollen
user-add = Benutzer anlegen
user-record = Der Datensatz dieses Benutzers
roles-sign-out = Wer andere Rollen bekommt, meldet sich neu an.
password-set = Passwort setzen
password-old = Das jetzige Passwort
password-new = Das neue Passwort
password-signs-out = Alle anderen Sitzungen enden.
revoke = Alle Sitzungen beenden
revoke-what = Meldet diese Person überall ab; auch Tokens von Programmen enden.
user-destroy = Diesen Benutzer löschen
user-destroy-what = Niemand kann sich mehr damit anmelden. Was der Benutzer angelegt hat, bleibt. Um jemanden auszusperren und den Namen zu behalten, entziehen Sie die Rollen und beenden Sie die Sitzungen.
for-administrators = Nur die Verwaltung darf das sehen.

## Was andere Programme erfragen dürfen
api = API
api-what = Was andere Programme in der Rolle „{ $role }“ erfragen dürfen.
api-download = Als OpenAPI herunterladen
api-groups = Gruppen
api-shapes = Formen
api-body = Inhalt
api-answer = Antwort
api-parameters = Parameter
api-members = Bestandteile
api-name = Name
api-value = Wert
api-about = Was es ist
api-needed = erforderlich
api-anything = beliebiges JSON

## Was das Programm ablehnt
error-already-assigned = Diese Person entscheidet ohnehin darüber.
error-already-decided = Darüber ist schon entschieden.
error-ambiguous-user = Mehrere heißen so: Geben Sie die E-Mail-Adresse an.
error-body-too-large = Das ist zu viel, um auf einmal gesendet zu werden.
error-busy = Das Programm ist beschäftigt. Nichts wurde getan; versuchen Sie es gleich noch einmal.
error-button-forbidden = Ihre Rolle darf diesen Knopf nicht drücken.
error-button-not-there = Das geht mit dem Datensatz nicht mehr: Er hat sich inzwischen geändert.
error-changed-meanwhile = Jemand anderes hat dies inzwischen geändert. Laden Sie die Seite neu.
error-database-away = Die Datenbank antwortet nicht. Nichts wurde getan; versuchen Sie es gleich noch einmal.
error-decision-expected = Genehmigen Sie oder lehnen Sie ab.
error-delegated = Sie haben dies weitergegeben.
error-disk-full = Die Festplatte des Servers ist voll. Nichts wurde getan.
error-final = Das ist schon vorbei.
error-fixed-field = „{ $field }“ setzt der Knopf.
error-forbidden = Ihre Rolle darf das nicht.
error-forbidden-field = Ihre Rolle darf „{ $field }“ nicht schreiben.
error-internal = Etwas ist kaputtgegangen. Im Protokoll steht es unter { $id }.
error-last-root = Das ist der letzte Administrator mit allen Rechten. Legen Sie zuerst einen anderen an.
error-name-taken = Mit „{ $field }“ meldet sich schon jemand anderes an.
error-no-place = Sie haben hier keinen eigenen Platz, den Sie weitergeben könnten.
error-no-tasks = Diese Person entscheidet keine Aufgaben.
error-not-final = Das ist noch nicht vorbei.
error-not-found = Das gibt es nicht, oder Sie dürfen es nicht sehen.
error-not-in-form = „{ $field }“ gehört nicht zu diesem Formular.
error-not-linked = Jemand hat dies inzwischen weggenommen: Speichern Sie noch einmal, so bleibt es weg.
error-nul = „{ $field }“ darf das Zeichen U+0000 nicht enthalten.
error-not-rerunnable = Das kann nicht noch einmal laufen.
error-null = Füllen Sie „{ $field }“ aus.
error-out-of-range = „{ $field }“ ist zu klein oder zu groß.
    .min = „{ $field }“ muss mindestens { $min } sein.
    .max = „{ $field }“ darf höchstens { $max } sein.
error-overlap = Ein anderer Lauf für diesen Datensatz ist noch nicht vorbei.
error-password-too-long = Das Passwort ist zu lang: höchstens { $max } Zeichen.
error-password-too-short = Das Passwort ist zu kurz: mindestens { $min } Zeichen.
error-pattern = „{ $field }“ hat nicht die Form, die es haben muss.
error-restrict = Andere Datensätze verweisen darauf: Löschen oder ändern Sie diese zuerst.
error-reference = Worauf „{ $field }“ verweist, gibt es nicht mehr.
error-required = Füllen Sie „{ $field }“ aus.
error-role-not-held = Sie haben diese Rolle nicht.
error-same-user = Das sind Sie selbst: Wählen Sie jemand anderen.
error-setup-closed = Es gibt schon einen Administrator, oder der Code ist falsch oder zu alt.
error-shutting-down = Das Programm wird gerade beendet. Nichts wurde getan; versuchen Sie es gleich noch einmal.
error-system-field = „{ $field }“ setzt das Programm.
error-task-closed = Diese Aufgabe ist schon geschlossen.
error-timeout = Es hat zu lange gedauert, bis alles ankam. Nichts wurde getan.
error-too-many-attempts = Zu viele Versuche. Warten Sie eine Weile und versuchen Sie es dann noch einmal.
error-too-long = „{ $field }“ ist zu lang: höchstens { $max }.
error-too-short = „{ $field }“ ist zu kurz: mindestens { $min }.
error-unauthenticated = Melden Sie sich zuerst an.
    .credentials = Der Name oder das Passwort ist falsch.
error-unavailable = Das Programm ist gerade nicht erreichbar. Versuchen Sie es gleich noch einmal.
error-unique = Es gibt schon einen Datensatz mit diesem Wert von „{ $field }“.
error-unknown-choice = „{ $field }“ ist keine der Möglichkeiten.
error-unknown-record = Worauf „{ $field }“ verweist, gibt es nicht, oder Sie dürfen es nicht sehen.
error-unknown-role = Diese Rolle gibt es nicht.
error-unknown-user = Es gibt niemanden dieses Namens, der das tun könnte.
error-values-expected = Füllen Sie das Formular aus.
error-workflow-forbidden = Ihre Rolle darf einen Workflow nicht benutzen, den dies startet.
error-wrong-password = Das Passwort ist falsch.
error-wrong-type = „{ $field }“ ist nicht lesbar.
    .number = „{ $field }“ muss eine Zahl sein.
    .date = „{ $field }“ muss ein Datum oder eine Uhrzeit sein.

## Dateien
export = Als { $format } exportieren
import = Importieren
import-what = Jeder Datensatz in einer eigenen Zeile, nach einer Zeile mit den Namen der Felder. Alles wird geprüft, bevor etwas gespeichert wird. Große Dateien gehen über die Kommandozeile oder über HTTP.
import-file = Aus einer Datei nehmen
import-text = Was importiert wird
import-format = Geschrieben als
import-try = Nur prüfen
import-tried = { $count ->
    [one] Ein Datensatz käme hinzu. Nichts wurde gespeichert.
   *[other] { $count } Datensätze kämen hinzu. Nichts wurde gespeichert.
}
import-done = { $count ->
    [one] Ein Datensatz kam hinzu.
   *[other] { $count } Datensätze kamen hinzu.
}
in-line = Zeile { $line }: { $what }
