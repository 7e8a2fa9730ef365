//! The operations on the records of a collection, as far as a role may use them.

use super::Caller;
use super::node::Object;
use super::operation::{Method, Operation};
use super::parts::{
    done, fired, id_in_path, ids, in_one, key, one_or_several, page, parameter, required, shared,
    shown,
};
use super::schema::{
    any, anything, count, data, flag, id, list, members, named, object, one_of, text,
};
use crate::action::read::link;
use crate::action::{EXPORT, IMPORT, Verb, authorise};
use crate::collection::{Association, Definition};
use crate::workflow::{Mode, Trigger};

/// All operations on a collection that the caller may use.
pub(super) fn operations(caller: &Caller<'_>, of: &'static Definition) -> Vec<Operation> {
    let here = Place { caller, of, through: None };
    let verbs = [
        Verb::List,
        Verb::Get,
        Verb::Create,
        Verb::Update,
        Verb::UpdateOrCreate,
        Verb::FirstOrCreate,
        Verb::Destroy,
        Verb::Add,
        Verb::Remove,
        Verb::Set,
    ];
    let mut all: Vec<_> = verbs.into_iter().filter_map(|verb| here.operation(verb)).collect();
    all.extend(here.own());
    all.extend(here.trigger());
    all.extend(here.forms());
    all.extend(here.history());
    all.extend(here.export());
    all.extend(here.import());
    let associations = of.associations.iter();
    let reached = associations.filter(|it| link::association(of, it.json).is_some());
    for association in reached.filter(|it| caller.may_follow(of, it)) {
        let here = Place { caller, of: association.target(), through: Some((of, association)) };
        all.extend(verbs.into_iter().filter_map(|verb| here.operation(verb)));
    }
    all
}

/// `triggerWorkflows` with the custom actions for records of `of`, or for none, that the role may
/// use.
pub(super) fn custom(caller: &Caller<'_>, of: Option<&'static Definition>) -> Option<Object> {
    let workflows = caller.registry.workflows().iter().filter(|workflow| {
        matches!(workflow.meta.trigger, Trigger::CustomAction { .. })
            && workflow.collection == of
            && caller.access.may_workflow(workflow.meta)
    });
    let line = |meta: &crate::workflow::WorkflowMeta| format!("- `{}`: {}", meta.key, meta.title);
    let lines: Vec<String> = workflows.map(|workflow| line(workflow.meta)).collect();
    let about = format!("Custom actions, separated by commas:\n\n{}", lines.join("\n"));
    (!lines.is_empty()).then(|| required(parameter("triggerWorkflows", &about, text())))
}

/// How the records stand in a file.
fn form(usual: &str) -> Object {
    parameter("format", &format!("How they are written; usually {usual}."), one_of(["csv", "json"]))
}

/// A collection, by itself or as it is reached through an association.
struct Place<'a> {
    caller: &'a Caller<'a>,
    of: &'static Definition,
    through: Option<(&'static Definition, &'static Association)>,
}

impl Place<'_> {
    fn operation(&self, verb: Verb) -> Option<Operation> {
        if matches!(verb, Verb::Add | Verb::Remove | Verb::Set) {
            return self.links(verb);
        }
        let may = |verb| self.caller.access.grant(verb, self.of).is_some();
        let buttons = self.buttons(verb);
        let is_usable = match verb {
            Verb::UpdateOrCreate => may(Verb::Update) || may(Verb::Create),
            Verb::FirstOrCreate => may(Verb::Get) || may(Verb::Create),
            verb => may(verb) || !buttons.is_empty(),
        };
        if !is_usable {
            return None;
        }
        let (title, record) = (self.of.meta.title, self.record());
        let (get, post, ends) = (Method::Get, Method::Post, self.is_judged());
        let (name, method, about, ok) = match verb {
            Verb::List => ("list", get, "Lists", page(record)),
            Verb::Get => ("get", get, "One", data(record)),
            Verb::Create => ("create", post, "New", done(one_or_several(&record), ends)),
            Verb::Update => ("update", post, "Changes", done(one_or_several(&record), ends)),
            Verb::UpdateOrCreate => ("updateOrCreate", post, "Changes or new", done(record, ends)),
            Verb::FirstOrCreate => ("firstOrCreate", post, "Finds or new", done(record, ends)),
            Verb::Destroy => ("destroy", post, "Deletes", self.counted()),
            Verb::Add | Verb::Remove | Verb::Set | Verb::Trigger | Verb::Own(_) => return None,
        };
        let created = || named(&self.caller.names.create(self.of));
        let body = match verb {
            Verb::Create => Some(one_or_several(&created())),
            Verb::UpdateOrCreate | Verb::FirstOrCreate if may(Verb::Create) => Some(created()),
            Verb::UpdateOrCreate => Some(named(&self.caller.names.update(self.of))),
            // Only to find one: by what may be seen.
            Verb::FirstOrCreate => Some(members()),
            Verb::Update if may(Verb::Update) => Some(self.updated()),
            _ => None,
        };
        let mut parameters = self.parameters(verb);
        // What a button sets may be all that is to be written.
        let needs_body = buttons.is_empty();
        if !buttons.is_empty() {
            let about = "The button that is pressed: its values are set, and its workflows fire.";
            parameters.push(parameter("button", about, one_of(buttons)));
        }
        let about = format!("{about}: {title}");
        Some(Operation { body, needs_body, parameters, ..self.asked(name, method, about, ok) })
    }

    /// An action on the links of a record.
    fn links(&self, verb: Verb) -> Option<Operation> {
        let (source, by) = self.through?;
        let grant = self.caller.access.grant(Verb::Update, source)?;
        let (index, _) = source.association(by.json)?;
        if !grant.fields.has_association(index) {
            return None;
        }
        let (name, about) = match verb {
            Verb::Add if by.is_to_one() => return None,
            Verb::Add => ("add", "Links more"),
            Verb::Remove => ("remove", "Takes links away"),
            _ => ("set", "Links these alone"),
        };
        let of_which = format!("Of which record of `{}`.", source.name());
        let parameters = vec![id_in_path(&of_which), ids("Which records, by their ids.")];
        let about = format!("{about}: {}", self.of.meta.title);
        let asked = self.asked(name, Method::Post, about, self.counted());
        let body = Some(one_or_several(&id()));
        Some(Operation { body, needs_body: false, parameters, ..asked })
    }

    /// How many records an action was about, with what ran because of it, if anything can.
    fn counted(&self) -> Object {
        let is_heard = self.caller.registry.events().next().is_some();
        if is_heard || self.is_judged() { done(count(), self.is_judged()) } else { data(count()) }
    }

    /// Whether something may run before a write here, and end it.
    fn is_judged(&self) -> bool {
        let workflows = self.caller.registry.workflows().iter();
        let mut before = workflows.filter(|it| it.meta.trigger == Trigger::PreAction);
        before.any(|workflow| workflow.is_of(self.of))
    }

    /// An action here, without parameters and body.
    fn asked(&self, action: &str, method: Method, about: String, ok: Object) -> Operation {
        let of = self.of.name();
        let (path, tag, id) = match self.through {
            Some((source, by)) => {
                let (source, by) = (source.name(), by.json);
                let path = format!("/api/{source}/{{id}}/{by}:{action}");
                (path, source, format!("{source}.{by}.{action}"))
            }
            None => (format!("/api/{of}:{action}"), of, format!("{of}.{action}")),
        };
        Operation::new(path, method, tag, id, about, ok)
    }

    /// A record as it is answered; of one that the role may not see nothing is known.
    fn record(&self) -> Object {
        match self.caller.access.grant(Verb::Get, self.of) {
            Some(_) => named(self.caller.names.record(self.of)),
            None => anything(),
        }
    }

    fn updated(&self) -> Object {
        let names = self.caller.names;
        any([named(&names.update(self.of)), list(named(&names.change(self.of)))])
    }

    fn parameters(&self, verb: Verb) -> Vec<Object> {
        let mut all = Vec::new();
        if let Some((source, _)) = self.through {
            all.push(id_in_path(&format!("Of which record of `{}`.", source.name())));
        }
        match verb {
            Verb::Create => {}
            Verb::UpdateOrCreate | Verb::FirstOrCreate => {
                let about = "The fields whose values tell the record from others.";
                all.push(required(in_one(parameter("filterKeys", about, list(text())))));
            }
            Verb::Get => all.extend([key("Which record, by its id."), shared("filter")]),
            _ => all.extend([ids("Which records, by their ids."), shared("filter")]),
        }
        if verb == Verb::List {
            all.extend(["sort", "page", "pageSize"].map(shared));
        }
        if verb != Verb::Destroy {
            all.extend(shown());
        }
        if !matches!(verb, Verb::List | Verb::Get | Verb::Destroy) {
            all.extend(self.fires());
        }
        all
    }

    /// `triggerWorkflows`, with the workflows that the role may name here.
    fn fires(&self) -> Option<Object> {
        let workflows = self.caller.registry.workflows().iter();
        let nameable = workflows.filter(|workflow| {
            let meta = workflow.meta;
            let is_custom = matches!(meta.trigger, Trigger::CustomAction { .. });
            meta.mode == Mode::Local && !is_custom && self.caller.access.may_workflow(meta)
        });
        let mut lines = Vec::new();
        for workflow in nameable {
            let (key, title) = (workflow.meta.key, workflow.meta.title);
            if workflow.is_of(self.of) {
                lines.push(format!("- `{key}`: {title}"));
            }
            let associations = self.of.associations.iter().filter(|it| it.is_to_one());
            let leads =
                |it: &&Association| workflow.is_of(it.target()) && !workflow.meta.runs_before();
            for by in associations.filter(leads) {
                if link::association(self.of, by.json).is_some() {
                    lines.push(format!("- `{key}!{}`: {title}", by.json));
                }
            }
        }
        if lines.is_empty() {
            return None;
        }
        let about = format!(
            "Workflows to fire, separated by commas; `key!association` fires one for the record \
             that the association leads to:\n\n{}",
            lines.join("\n")
        );
        Some(parameter("triggerWorkflows", &about, text()))
    }

    /// The buttons that the role may press with this action.
    fn buttons(&self, verb: Verb) -> Vec<&'static str> {
        let forms = self.caller.registry.forms(self.of).filter(|_| self.through.is_none());
        let Some(forms) = forms else { return Vec::new() };
        let pressed = forms.buttons().filter(|(form, button)| {
            let does = button.verb(*form);
            // One that only reads the record is pressed with the same action as one that sets.
            let here = if does == Verb::Create { Verb::Create } else { Verb::Update };
            here == verb
                && self.caller.access.grant(does, self.of).is_some()
                && authorise::button(self.caller.access, *form, button).is_ok()
        });
        pressed.map(|(_, button)| button.meta.name).collect()
    }

    /// The program's own actions.
    fn own(&self) -> Vec<Operation> {
        let registry = self.caller.registry;
        let own = registry.actions().iter().filter(|own| {
            registry.declared((own.collection)()) == Some(self.of)
                && self.caller.access.grant(Verb::Own(own.name), self.of).is_some()
        });
        own.map(|own| {
            let mut parameters = vec![parameter("filterByTk", "Which record, by its id.", id())];
            parameters.extend(shown());
            parameters.extend(self.fires());
            let about = own.title.to_owned();
            let ok = done(self.record(), false);
            let asked = self.asked(own.name, Method::Post, about, ok);
            Operation { body: Some(anything()), parameters, ..asked }
        })
        .collect()
    }

    /// The custom actions for its records.
    fn trigger(&self) -> Option<Operation> {
        self.caller.access.grant(Verb::Get, self.of)?;
        let named = custom(self.caller, Some(self.of))?;
        let parameters = vec![ids("Which records, by their ids."), shared("filter"), named];
        let about = format!("Custom actions: {}", self.of.meta.title);
        let asked = self.asked("trigger", Method::Post, about, fired());
        Some(Operation { body: Some(anything()), needs_body: false, parameters, ..asked })
    }

    /// What people fill in and press.
    fn forms(&self) -> Option<Operation> {
        let may = |verb| self.caller.access.grant(verb, self.of).is_some();
        if !(may(Verb::Get) || may(Verb::Create) || may(Verb::Update)) {
            return None;
        }
        let about = format!("Forms and buttons: {}", self.of.meta.title);
        let asked = self.asked("forms", Method::Get, about, data(named("wf.Forms")));
        let parameters = vec![ids("Of which records; without it, of new ones and of any.")];
        Some(Operation { parameters, ..asked })
    }

    /// All records as a file.
    fn export(&self) -> Option<Operation> {
        let may = |verb| self.caller.access.grant(verb, self.of).is_some();
        if !(may(Verb::Own(EXPORT)) && may(Verb::Get)) {
            return None;
        }
        let about = format!("All as a file: {}", self.of.meta.title);
        let asked = self.asked(EXPORT, Method::Get, about, list(self.record()));
        let parameters = vec![form("json"), shared("filter"), shared("fields"), shared("except")];
        Some(Operation { parameters, is_file: true, ..asked })
    }

    /// New records from a file.
    fn import(&self) -> Option<Operation> {
        let may = |verb| self.caller.access.grant(verb, self.of).is_some();
        if !(may(Verb::Own(IMPORT)) && may(Verb::Create)) {
            return None;
        }
        let about = format!("New ones from a file: {}", self.of.meta.title);
        let ok = data(object([("count", count()), ("written", flag())]));
        let asked = self.asked(IMPORT, Method::Post, about, ok);
        let parameters = vec![
            form("what the media type of the body says"),
            parameter("dryRun", "Whether it is only tried, and nothing written.", flag()),
            parameter("whole", "Whether all are written or none; others wait.", flag()),
        ];
        let body = Some(list(members()));
        Some(Operation { body, parameters, is_file: true, ..asked })
    }

    /// Which workflows ran for a record.
    fn history(&self) -> Option<Operation> {
        self.caller.access.grant(Verb::Get, self.of)?;
        let about = format!("What ran for one: {}", self.of.meta.title);
        let asked = self.asked("history", Method::Get, about, page(named("wf.Ran")));
        let which = key("Which record, by its id.");
        let parameters = vec![which, shared("page"), shared("pageSize")];
        Some(Operation { parameters, ..asked })
    }
}
