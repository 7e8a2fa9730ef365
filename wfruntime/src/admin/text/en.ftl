# The page's own texts. Every language has the same ones.

## Around every page
pages = Pages
skip = To the content
tasks = Tasks
workflows = Workflows
executions = Executions
users = Users
role = Role
language = Language
choose = Choose
busy = Sending …
nothing-for-you = Nothing here for you yet
nothing-for-role = The role “{ $role }” may see no collection and decides no tasks. Ask an administrator for another role.
no-page = There is no such page.

## Signing in
sign-in = Sign in
sign-out = Sign out
sign-in-outside = You are not signed in. Sign in where you usually do, then come back.
account = Email or nickname
nickname = Nickname
password = Password
password-change = Change password
setup = The first administrator
setup-what = Nobody can sign in yet. Take the code that the program printed at its start.
setup-code = Code
setup-do = Create the account

## Refusals
refused = This was not done
not-found = Not found
not-allowed = Not allowed
conflict = This does not fit what is stored
broken = Something broke
foreign-request = This form was sent from another site, or by a browser that does not say from where. Nothing was done.
unreadable = This could not be read. Nothing was done.

## Values
yes = yes
no = no
none = –
optional = (optional)
you = you

## Lists
pages-of-list = Pages of the list
previous = Previous
next = Next
page-of = Page { $page } of { $last }

## Tasks
tasks-open = Open
tasks-closed = Done
tasks-none = Nothing waits for you. What you are asked to decide appears here by itself.
tasks-none-closed = You have decided nothing yet.
task-about = What it is about
task-record-gone = You may not see the record, or it is gone.
task-needs = { $needed } of { $of }
due = due
decided-before = Decided so far
as-root = as root
comment = Comment
approve = Approve
reject = Reject
submit = Submit
delegate = Hand on
delegate-to = To whom?
overdue = overdue since
due-soon = due soon:
handed-on = { $from } handed this on to { $to }
delegate-how = The exact email or nickname.

## Statuses
status-open = open
status-approved = approved
status-rejected = rejected
status-answered = answered
status-timed-out = timed out
status-closed = closed
status-queued = queued
status-started = running
status-resolved = resolved
status-failed = failed
status-error = error
status-aborted = aborted
status-stranded = stranded
status-pending = waiting

## Data
actions = Actions
add = Add
edit = Edit
save = Save
destroy = Delete
destroy-sure = It is gone for good then.
destroy-do = Delete it
search = Search
search-all = Show all
search-none = Nothing fits what you look for.
filters = Filters
any = any
from = from
to = to
views = Views
view-table = Table
view-board = Board
board-by = Columns by
move = Move
pick-new = – a new one –
pick-search = Search for others
rows-more = Add another
rows-new = A new one
rows-drop = Remove
rows-release = Take away from here
pick-too-many = too many to be changed here
pick-found = { $count ->
    [0] Nothing found
    [one] One found
   *[other] { $count } found
}
more = … and { $count } more
records-none = There is nothing yet. What is added appears here.
records-none-here = None.
records-count = { $count ->
    [one] One record
   *[other] { $count } records
}
all-of-them = All of them
several = Selected records
several-ticked = Selected:
several-all = All { $count }, on every page
several-none = Select some records first.
several-done = { $count ->
    [0] Nothing was done: this cannot be done with any of the records.
    [one] Done with one record.
   *[other] Done with { $count } records.
}
select = Select
select-page = Select all on this page
no-form = You have no such form here.
switched-off = Switched off, and not run: { $workflows }.
fields = Fields
created = Created
updated = Changed
finished = Finished
started = Started
history = History
runs-none = It has not run yet.
history-none = No workflow has run yet.
record = Record
by = By
done = Done.

## Workflows
workflow = Workflow
workflows-none = The program declares no workflows.
trigger = Trigger
running = Running
trouble = In trouble
enabled = Enabled
switch-on = Switch on
switch-off = Switch off
is-on = on
is-off = off
execution-sync = in the request
execution-async = behind the request
key = Key
revision = Revision
source = Source
fire-it = Fire it
graph = Graph
graph-of-function = A function: what it does is known when it has run, from the nodes of its executions.
graph-of-runs = A function: the nodes to which its latest executions came.
graph-of-workflow = A click on a node copies its key.
graph-states = What became of each node; a click on one copies its key.
graph-of-nodes = The nodes to which this execution came; a click on one copies its key.
fires-local = Where it is named, for a record of { $collection }
fires-custom = On request, for records of { $collection }, without writing anything
fires-alone = On request, for no record
fires-clock = By the clock:
fires-date = By a date of each record of { $collection }:
fires-called = When another system calls, signed: POST /api/hooks/{ $path }
next-run = Next run
last-run = Last run
fires-global = On each { $actions } of { $collection }
fires-event = On each { $actions } of { $collection }, whoever does it
runs-before = Before each { $actions } of { $collection }
runs-before-named = Where it is named, before a record of { $collection } is written
not-again = Not fired again
arguments = Declared with
last-error = Last error
revisions-open = { $count ->
    [one] One open execution has another revision: it goes on with this one if it fits.
   *[other] { $count } open executions have another revision: they go on with this one if they fit.
}
copy = Copy
in-trouble = { $count ->
    [one] One execution is in trouble
   *[other] { $count } executions are in trouble
}
latest = The latest executions

## Executions
executions-none = No execution fits. Workflows run after somebody has done something.
status = Status
these-open = all that are not over
these-trouble = all in trouble
execution-cancel = Cancel
execution-rerun = Run again from where it broke
executions-count = { $count ->
    [one] One execution
   *[other] { $count } executions
}
collection = Collection
record-number = Number of the record
error-text = Text of the error
execution-go-on = Go on where it stood
execution-from-here = Run again from here
execution-restart = Go on with today’s code from this node
stranded-why = Its journal does not fit today’s code
stranded-what = Nothing of it is lost. It goes on by itself once the old code is back, or from a node with today’s code.
caused-by = Caused by
called-by = Called by
called = What it called
version = Version
revision-other = not that of today’s code
waits-for = It waits for
until = until
aborted-at = All of it is aborted
changed-fields = Changed
before = The record before
input = Input
tries = Attempts
put-aside = Put aside
put-aside-what = Nodes that ran before it was run again. What they did to records stays.
run-again-at = Run again
nodes = Nodes
nodes-none = No node has run yet.
attempts = { $count } attempts
output = Output
cause = What fired it
context = The record at that moment
number = Number
trace = Trace

## Users
email = Email
roles = Roles
user-add = Add a user
user-record = The record of this user
roles-sign-out = Whoever has other roles than before signs in again.
password-set = Set the password
password-old = The present password
password-new = The new password
password-signs-out = This ends all other sessions.
revoke = End all sessions
revoke-what = Signs this user out everywhere; tokens of programs end, too.
user-destroy = Delete this user
user-destroy-what = Nobody can sign in with it any more. What the user made stays. To lock somebody out and keep the name, take away the roles and end the sessions.
for-administrators = Only administrators may see this.

## What other programs may ask for
api = API
api-what = What other programs may ask for in the role “{ $role }”.
api-download = Download as OpenAPI
api-groups = Groups
api-shapes = Shapes
api-body = Body
api-answer = Answer
api-parameters = Parameters
api-members = Members
api-name = Name
api-value = Value
api-about = What it is
api-needed = required
api-anything = any JSON

## What the program refuses
error-already-assigned = This person decides it anyway.
error-already-decided = This is decided already.
error-ambiguous-user = Several people are called so: give the email.
error-body-too-large = That is too much to be sent at once.
error-busy = The program is busy. Nothing was done; try again in a moment.
error-button-forbidden = Your role may not press this button.
error-button-not-there = This cannot be done with the record any more: it has changed meanwhile.
error-changed-meanwhile = Somebody else has changed this meanwhile. Load the page again.
error-database-away = The database does not answer. Nothing was done; try again in a moment.
error-decision-expected = Approve or reject.
error-delegated = You have handed this on.
error-disk-full = The disk of the server is full. Nothing was done.
error-final = This is over already.
error-fixed-field = “{ $field }” is set by the button.
error-forbidden = Your role may not do this.
error-forbidden-field = Your role may not write “{ $field }”.
error-internal = Something broke. In the log it stands under { $id }.
error-last-root = This is the last administrator with all rights. Make another one first.
error-name-taken = Somebody else signs in with “{ $field }”.
error-no-place = You have no place of your own to hand on here.
error-no-tasks = This person decides no tasks.
error-not-final = This is not over yet.
error-not-found = It does not exist, or you may not see it.
error-not-in-form = “{ $field }” is no part of this form.
error-not-linked = Somebody has taken this away meanwhile: it is left out if you save again.
error-nul = “{ $field }” must not hold the character U+0000.
error-not-rerunnable = This cannot be run again.
error-null = Fill in “{ $field }”.
error-out-of-range = “{ $field }” is too small or too large.
    .min = “{ $field }” has to be at least { $min }.
    .max = “{ $field }” may be at most { $max }.
error-overlap = Another run for this record is not over yet.
error-password-too-long = The password is too long: at most { $max } characters.
error-password-too-short = The password is too short: at least { $min } characters.
error-pattern = “{ $field }” does not look as it has to.
error-restrict = Other records refer to this one: delete or change them first.
error-reference = What “{ $field }” refers to does not exist any more.
error-required = Fill in “{ $field }”.
error-role-not-held = You do not hold this role.
error-same-user = That is you: choose somebody else.
error-setup-closed = There is an administrator already, or the code is wrong or too old.
error-shutting-down = The program is about to end. Nothing was done; try again in a moment.
error-system-field = “{ $field }” is set by the program.
error-task-closed = This task is closed already.
error-timeout = It took too long to arrive. Nothing was done.
error-too-many-attempts = Too many attempts. Wait a while, then try again.
error-too-long = “{ $field }” is too long: at most { $max }.
error-too-short = “{ $field }” is too short: at least { $min }.
error-unauthenticated = Sign in first.
    .credentials = The name or the password is wrong.
error-unavailable = The program cannot be reached just now. Try again in a moment.
error-unique = There is another record with this “{ $field }”.
error-unknown-choice = “{ $field }” is none of the choices.
error-unknown-record = What “{ $field }” refers to does not exist, or you may not see it.
error-unknown-role = There is no such role.
error-unknown-user = There is nobody of this name who could do this.
error-values-expected = Fill in the form.
error-workflow-forbidden = Your role may not use a workflow that this starts.
error-wrong-password = The password is wrong.
error-wrong-type = “{ $field }” cannot be read.
    .number = “{ $field }” has to be a number.
    .date = “{ $field }” has to be a date or a time.

## Files
export = Export as { $format }
import = Import
import-what = Each record on a line of its own, behind a line with the names of the fields. All of it is checked before anything is stored. Large files go in by the command line or over HTTP.
import-file = Take it from a file
import-text = What to import
import-format = It is written as
import-try = Only check it
import-tried = { $count ->
    [one] One record would be added. Nothing was stored.
   *[other] { $count } records would be added. Nothing was stored.
}
import-done = { $count ->
    [one] One record was added.
   *[other] { $count } records were added.
}
in-line = Line { $line }: { $what }
