//! The built-in account collection.

use crate::collection::{
    AssocRef, Collection, CollectionMeta, Decoder, Encoder, FieldOptions, FieldRef, FieldType,
    Location, MemberMeta, RegisteredCollection, Roles, ToOne,
};
use crate::error::Result;

/// A user who signs in; `#[collection(account)]` on a collection of the program takes its place.
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    /// What people call them.
    pub nickname: String,
    /// Where mail reaches them.
    pub email: Option<String>,
    /// The roles they hold, the default one first.
    pub roles: Roles,
}

/// fields
#[derive(Debug, Clone, Copy)]
pub struct UserFields {
    /// field
    pub nickname: FieldRef<User, String>,
}

/// associations
#[derive(Debug, Clone, Copy)]
pub struct UserAssociations {
    /// a
    pub created_by: AssocRef<User, User, ToOne>,
}

const AT: Location = Location { file: file!(), line: line!(), column: column!() };

impl Collection for User {
    const META: &'static CollectionMeta = &CollectionMeta {
        name: "users",
        table: "users",
        rust: "User",
        title: "User",
        account: true,
        members: &[
            MemberMeta {
                rust: "nickname",
                json: "nickname",
                column: "nickname",
                column_json: "nickname",
                shape: <String as FieldType>::SHAPE,
                options: FieldOptions::NONE,
                location: AT,
            },
            MemberMeta {
                rust: "email",
                json: "email",
                column: "email",
                column_json: "email",
                shape: <Option<String> as FieldType>::SHAPE,
                options: FieldOptions { unique: true, ..FieldOptions::NONE },
                location: AT,
            },
            MemberMeta {
                rust: "roles",
                json: "roles",
                column: "roles",
                column_json: "roles",
                shape: <Roles as FieldType>::SHAPE,
                options: FieldOptions::NONE,
                location: AT,
            },
        ],
        location: AT,
        type_id: std::any::TypeId::of::<User>,
    };
    type Assocs = UserAssociations;
    const ASSOCS: Self::Assocs = UserAssociations { created_by: AssocRef::new("createdBy") };
    type Fields = UserFields;
    const FIELDS: Self::Fields = UserFields { nickname: FieldRef::new("nickname") };

    fn decode(from: &mut Decoder) -> Result<Self> {
        Ok(Self {
            nickname: FieldType::decode(from)?,
            email: FieldType::decode(from)?,
            roles: FieldType::decode(from)?,
        })
    }

    fn encode(&self, to: &mut Encoder) {
        self.nickname.encode(to);
        self.email.encode(to);
        self.roles.encode(to);
    }
}

inventory::submit!(RegisteredCollection(User::META));
