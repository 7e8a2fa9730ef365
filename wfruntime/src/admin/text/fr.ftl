# Les textes de la page. Chaque langue a les mêmes.

## Autour de chaque page
pages = Pages
skip = Aller au contenu
tasks = Tâches
workflows = Workflows
executions = Exécutions
users = Utilisateurs
role = Rôle
language = Langue
choose = Choisir
busy = Envoi …
nothing-for-you = Rien pour vous ici pour l’instant
nothing-for-role = Le rôle « { $role } » ne voit aucune collection et ne décide d’aucune tâche. Demandez un autre rôle à un administrateur.
no-page = Cette page n’existe pas.

## Connexion
sign-in = Se connecter
sign-out = Se déconnecter
sign-in-outside = Vous n’êtes pas connecté. Connectez-vous comme d’habitude, puis revenez ici.
account = E-mail ou pseudonyme
nickname = Pseudonyme
password = Mot de passe
password-change = Changer de mot de passe
setup = Le premier administrateur
setup-what = Personne ne peut encore se connecter. Saisissez le code que le programme a affiché à son démarrage.
setup-code = Code
setup-do = Créer le compte

## Refus
refused = Cela n’a pas été fait
not-found = Introuvable
not-allowed = Non autorisé
conflict = Cela contredit ce qui est enregistré
broken = Une erreur s’est produite
foreign-request = Ce formulaire vient d’un autre site, ou d’un navigateur qui ne dit pas d’où. Rien n’a été fait.
unreadable = Cela n’a pas pu être lu. Rien n’a été fait.

## Valeurs
yes = oui
no = non
none = –
optional = (facultatif)
you = vous

## Listes
pages-of-list = Pages de la liste
previous = Précédente
next = Suivante
page-of = Page { $page } sur { $last }

## Tâches
tasks-open = Ouvertes
tasks-closed = Terminées
tasks-none = Rien ne vous attend. Ce que l’on vous demande de décider apparaît ici de lui-même.
tasks-none-closed = Vous n’avez encore rien décidé.
task-about = De quoi il s’agit
task-record-gone = Vous ne pouvez pas voir l’enregistrement, ou il n’existe plus.
task-needs = { $needed } parmi { $of }
due = échéance
decided-before = Décidé jusqu’ici
as-root = en tant que root
comment = Commentaire
approve = Approuver
reject = Rejeter
submit = Envoyer
delegate = Transmettre
delegate-to = À qui ?
overdue = en retard depuis le
due-soon = bientôt dû :
handed-on = { $from } a transmis ceci à { $to }
delegate-how = L’adresse e-mail ou le pseudonyme exact.

## États
status-open = ouverte
status-approved = approuvé
status-rejected = rejeté
status-answered = répondu
status-timed-out = délai dépassé
status-closed = close
status-queued = en attente
status-started = en cours
status-resolved = réussi
status-failed = échoué
status-error = erreur
status-aborted = interrompu
status-stranded = bloqué
status-pending = en attente

## Données
actions = Actions
add = Ajouter
edit = Modifier
save = Enregistrer
destroy = Supprimer
destroy-sure = C’est définitif.
destroy-do = Supprimer
search = Chercher
search-all = Tout afficher
search-none = Rien ne correspond à votre recherche.
filters = Filtres
any = tous
from = de
to = à
views = Vues
view-table = Tableau
view-board = Colonnes
board-by = Colonnes selon
move = Déplacer
pick-new = – un nouveau –
pick-search = Chercher parmi les autres
rows-more = En ajouter un
rows-new = Un nouveau
rows-drop = Retirer
rows-release = Détacher d’ici
pick-too-many = trop nombreux pour être changés ici
pick-found = { $count ->
    [0] Rien trouvé
    [one] Un résultat
   *[other] { $count } résultats
}
more = … et { $count } de plus
records-none = Il n’y a encore rien. Ce que l’on ajoute apparaît ici.
records-none-here = Aucun.
records-count = { $count ->
    [one] Un enregistrement
   *[other] { $count } enregistrements
}
all-of-them = Tous
several = Enregistrements sélectionnés
several-ticked = Sélection :
several-all = Les { $count }, sur toutes les pages
several-none = Sélectionnez d’abord des enregistrements.
several-done = { $count ->
    [0] Rien n’a été fait : ce n’est possible avec aucun des enregistrements.
    [one] Fait pour un enregistrement.
   *[other] Fait pour { $count } enregistrements.
}
select = Sélectionner
select-page = Tout sélectionner sur cette page
no-form = Vous n’avez pas ce formulaire ici.
switched-off = Désactivé, donc pas exécuté : { $workflows }.
fields = Champs
created = Créé
updated = Modifié
finished = Terminé
started = Démarré
history = Historique
runs-none = Il n’a pas encore tourné.
history-none = Aucun workflow n’a encore tourné.
record = Enregistrement
by = Par
done = C’est fait.

## Workflows
workflow = Workflow
workflows-none = Le programme ne déclare aucun workflow.
trigger = Déclencheur
running = En cours
trouble = En difficulté
enabled = Actif
switch-on = Activer
switch-off = Désactiver
is-on = actif
is-off = inactif
execution-sync = dans la requête
execution-async = après la requête
key = Clé
revision = Révision
source = Source
fire-it = Le déclencher
graph = Graphe
graph-of-function = Une fonction : ce qu’elle fait se voit quand elle a tourné, aux nœuds de ses exécutions.
graph-of-runs = Une fonction : les nœuds que ses dernières exécutions ont atteints.
graph-of-workflow = Un clic sur un nœud copie sa clé.
graph-states = Ce que chaque nœud est devenu ; un clic copie sa clé.
graph-of-nodes = Les nœuds que cette exécution a atteints ; un clic copie sa clé.
fires-local = Là où il est nommé, pour un enregistrement de { $collection }
fires-custom = Sur demande, pour des enregistrements de { $collection }, sans rien écrire
fires-alone = Sur demande, sans enregistrement
fires-clock = Selon l’horloge :
fires-date = Selon une date de chaque enregistrement de { $collection } :
fires-called = Quand un autre système appelle, avec signature : POST /api/hooks/{ $path }
next-run = Prochaine exécution
last-run = Dernière exécution
fires-global = À chaque { $actions } de { $collection }
fires-event = À chaque { $actions } de { $collection }, quel qu'en soit l'auteur
runs-before = Avant chaque { $actions } de { $collection }
runs-before-named = Là où il est nommé, avant l'écriture d'un enregistrement de { $collection }
not-again = Non relancé
arguments = Déclaré avec
last-error = Dernière erreur
revisions-open = { $count ->
    [one] Une exécution ouverte a une autre révision : elle continue avec celle-ci si elle convient.
   *[other] { $count } exécutions ouvertes ont une autre révision : elles continuent avec celle-ci si elles conviennent.
}
copy = Copier
in-trouble = { $count ->
    [one] Une exécution est en difficulté
   *[other] { $count } exécutions sont en difficulté
}
latest = Les dernières exécutions

## Exécutions
executions-none = Aucune exécution ne correspond. Les workflows tournent après une action.
status = État
these-open = toutes celles en cours
these-trouble = toutes celles en difficulté
execution-cancel = Annuler
execution-rerun = Relancer là où cela a cassé
executions-count = { $count ->
    [one] Une exécution
   *[other] { $count } exécutions
}
collection = Collection
record-number = Numéro de l’enregistrement
error-text = Texte de l’erreur
execution-go-on = Reprendre où elle en était
execution-from-here = Relancer à partir d’ici
execution-restart = Continuer avec le code actuel à partir de ce nœud
stranded-why = Son journal ne convient pas au code actuel
stranded-what = Rien n’est perdu. Elle continue d’elle-même dès que l’ancien code est de retour, ou à partir d’un nœud avec le code actuel.
caused-by = Causée par
called-by = Appelée par
called = Ce qu’elle a appelé
version = Version
revision-other = pas celle du code actuel
waits-for = Elle attend
until = jusqu’à
aborted-at = Tout est interrompu
changed-fields = Modifié
before = L’enregistrement d’avant
input = Entrée
tries = Tentatives
put-aside = Mis de côté
put-aside-what = Des nœuds d’avant la relance. Ce qu’ils ont fait aux enregistrements demeure.
run-again-at = Relancée
nodes = Nœuds
nodes-none = Aucun nœud n’a encore tourné.
attempts = { $count } tentatives
output = Résultat
cause = Ce qui l’a déclenchée
context = L’enregistrement à cet instant
number = Numéro
trace = Trace

## Utilisateurs
email = E-mail
roles = Rôles
user-add = Ajouter un utilisateur
user-record = L’enregistrement de cet utilisateur
roles-sign-out = Qui change de rôles doit se reconnecter.
password-set = Définir le mot de passe
password-old = Le mot de passe actuel
password-new = Le nouveau mot de passe
password-signs-out = Toutes les autres sessions se terminent.
revoke = Terminer toutes les sessions
revoke-what = Déconnecte cet utilisateur partout ; les jetons des programmes aussi.
user-destroy = Supprimer cet utilisateur
user-destroy-what = Plus personne ne pourra se connecter avec ce compte. Ce qu’il a créé reste. Pour exclure quelqu’un en gardant son nom, retirez ses rôles et terminez ses sessions.
for-administrators = Seuls les administrateurs peuvent voir ceci.

## Ce que d’autres programmes peuvent demander
api = API
api-what = Ce que d’autres programmes peuvent demander dans le rôle « { $role } ».
api-download = Télécharger en OpenAPI
api-groups = Groupes
api-shapes = Formes
api-body = Corps
api-answer = Réponse
api-parameters = Paramètres
api-members = Membres
api-name = Nom
api-value = Valeur
api-about = Ce que c’est
api-needed = requis
api-anything = JSON quelconque

## Ce que le programme refuse
error-already-assigned = Cette personne en décide déjà.
error-already-decided = C’est déjà décidé.
error-ambiguous-user = Plusieurs personnes portent ce nom : indiquez l’e-mail.
error-body-too-large = C’est trop pour un seul envoi.
error-busy = Le programme est occupé. Rien n’a été fait ; réessayez dans un instant.
error-button-forbidden = Votre rôle n’a pas le droit d’utiliser ce bouton.
error-button-not-there = Ce n’est plus possible : l’enregistrement a changé entre-temps.
error-changed-meanwhile = Quelqu’un l’a modifié entre-temps. Rechargez la page.
error-database-away = La base de données ne répond pas. Rien n’a été fait ; réessayez dans un instant.
error-decision-expected = Approuvez ou rejetez.
error-delegated = Vous avez transmis ceci.
error-disk-full = Le disque du serveur est plein. Rien n’a été fait.
error-final = C’est déjà terminé.
error-fixed-field = « { $field } » est fixé par le bouton.
error-forbidden = Votre rôle n’a pas ce droit.
error-forbidden-field = Votre rôle n’a pas le droit d’écrire « { $field } ».
error-internal = Une erreur s’est produite. Elle figure au journal sous { $id }.
error-last-root = C’est le dernier administrateur qui a tous les droits. Créez-en d’abord un autre.
error-name-taken = Quelqu’un d’autre se connecte déjà avec « { $field } ».
error-no-place = Vous n’avez pas de place à transmettre ici.
error-no-tasks = Cette personne ne traite pas de tâches.
error-not-final = Ce n’est pas encore terminé.
error-not-found = Cela n’existe pas, ou vous n’avez pas le droit de le voir.
error-not-in-form = « { $field } » ne fait pas partie de ce formulaire.
error-not-linked = Quelqu’un a retiré cet élément entre-temps : il sera laissé de côté si vous enregistrez à nouveau.
error-nul = « { $field } » ne doit pas contenir le caractère U+0000.
error-not-rerunnable = Ceci ne peut pas être relancé.
error-null = Remplissez « { $field } ».
error-out-of-range = « { $field } » est trop petit ou trop grand.
    .min = « { $field } » doit être au moins { $min }.
    .max = « { $field } » doit être au plus { $max }.
error-overlap = Une autre exécution pour cet enregistrement n’est pas terminée.
error-password-too-long = Le mot de passe est trop long : { $max } caractères au plus.
error-password-too-short = Le mot de passe est trop court : { $min } caractères au moins.
error-pattern = « { $field } » n’a pas la forme attendue.
error-restrict = D’autres enregistrements s’y réfèrent : supprimez-les ou modifiez-les d’abord.
error-reference = Ce à quoi « { $field } » se réfère n’existe plus.
error-required = Remplissez « { $field } ».
error-role-not-held = Vous n’avez pas ce rôle.
error-same-user = C’est vous : choisissez quelqu’un d’autre.
error-setup-closed = Il y a déjà un administrateur, ou le code est faux ou trop ancien.
error-shutting-down = Le programme s’arrête. Rien n’a été fait ; réessayez dans un instant.
error-system-field = « { $field } » est fixé par le programme.
error-task-closed = Cette tâche est déjà close.
error-timeout = L’envoi a pris trop de temps. Rien n’a été fait.
error-too-many-attempts = Trop de tentatives. Attendez un peu, puis réessayez.
error-too-long = « { $field } » est trop long : { $max } au plus.
error-too-short = « { $field } » est trop court : { $min } au moins.
error-unauthenticated = Connectez-vous d’abord.
    .credentials = Le nom ou le mot de passe est faux.
error-unavailable = Le programme n’est pas joignable. Réessayez dans un instant.
error-unique = Il y a déjà un enregistrement avec cette valeur de « { $field } ».
error-unknown-choice = « { $field } » ne fait pas partie des choix.
error-unknown-record = Ce à quoi « { $field } » se réfère n’existe pas, ou vous ne pouvez pas le voir.
error-unknown-role = Ce rôle n’existe pas.
error-unknown-user = Il n’y a personne de ce nom qui puisse le faire.
error-values-expected = Remplissez le formulaire.
error-workflow-forbidden = Votre rôle n’a pas droit à un workflow que ceci déclenche.
error-wrong-password = Le mot de passe est faux.
error-wrong-type = « { $field } » n’est pas lisible.
    .number = « { $field } » doit être un nombre.
    .date = « { $field } » doit être une date ou une heure.

## Fichiers
export = Exporter en { $format }
import = Importer
import-what = Un enregistrement par ligne, après une ligne avec les noms des champs. Tout est vérifié avant d’être enregistré. Les gros fichiers passent par la ligne de commande ou par HTTP.
import-file = Prendre dans un fichier
import-text = Ce qu’on importe
import-format = Écrit en
import-try = Vérifier seulement
import-tried = { $count ->
    [one] Un enregistrement serait ajouté. Rien n’a été enregistré.
   *[other] { $count } enregistrements seraient ajoutés. Rien n’a été enregistré.
}
import-done = { $count ->
    [one] Un enregistrement a été ajouté.
   *[other] { $count } enregistrements ont été ajoutés.
}
in-line = Ligne { $line } : { $what }
