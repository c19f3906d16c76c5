//! The pipelines that a server may choose from for a new flow.

use std::path::PathBuf;

use super::ServeError;

/// A built pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// What it is called: the id in its study, or the spec's file.
    pub name: String,
    /// Its shared object.
    pub library: PathBuf,
    /// Names of its classes, by number; none where it has no model.
    pub classes: Vec<String>,
}

/// The pipelines of a server, by number. A pool of one is the plain case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    members: Vec<Member>,
}

impl Pool {
    /// The most members.
    pub const MOST: usize = 64;

    /// A pool of one: every flow is this pipeline's.
    #[must_use]
    pub fn of(only: Member) -> Self {
        Self { members: vec![only] }
    }

    /// A pool of pipelines that tell the same classes apart.
    ///
    /// # Errors
    /// [`ServeError::Members`] where there is none or there are more than [`MOST`](Self::MOST), [`ServeError::Classes`]
    /// where they have different classes.
    pub fn new(members: Vec<Member>) -> Result<Self, ServeError> {
        let Some(first) = members.first().filter(|_| members.len() <= Self::MOST) else {
            return Err(ServeError::Members { found: members.len() });
        };
        if let Some(other) = members.iter().find(|member| member.classes != first.classes) {
            return Err(ServeError::Classes { first: first.name.clone(), other: other.name.clone() });
        }
        Ok(Self { members })
    }

    /// Its members; there is at least one.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Names of the classes, by number.
    #[must_use]
    pub fn classes(&self) -> &[String] {
        self.members.first().map_or(&[], |member| &member.classes)
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Member, Pool, ServeError};

    fn member(name: &str, classes: &[&str]) -> Member {
        let classes = classes.iter().map(|&class| class.to_owned()).collect();
        Member { name: name.to_owned(), library: PathBuf::new(), classes }
    }

    #[test]
    fn members_tell_the_same_classes_apart() {
        let pool = Pool::new(vec![member("a", &["x", "y"]), member("b", &["x", "y"])]).unwrap();
        assert_eq!((pool.members().len(), pool.classes().len()), (2, 2));
        let other = Pool::new(vec![member("a", &["x", "y"]), member("b", &["y", "x"])]);
        assert!(
            matches!(other, Err(ServeError::Classes { first, other }) if (first.as_str(), other.as_str()) == ("a", "b"))
        );
        assert!(matches!(Pool::new(vec![]), Err(ServeError::Members { found: 0 })));
        assert!(matches!(Pool::new(vec![member("a", &[]); 65]), Err(ServeError::Members { found: 65 })));
    }
}
