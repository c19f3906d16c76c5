//! The file that says which pipelines make a pool, what they are worth and what they cost.

use serde::{Deserialize, Serialize};

use super::policy::MemberCost;

/// The version of the format that this program reads and writes.
const VERSION: u32 = 1;

/// A pool as its file has it, members in ascending order of cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolFile {
    /// Version of the format.
    pub version: u32,
    /// What the pool is to keep to.
    #[serde(default)]
    pub constraints: Constraints,
    /// What flows are worth by their first packet: a table as JSON, relative to this file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worth: Option<String>,
    /// Its pipelines.
    #[serde(rename = "member", default)]
    pub members: Vec<PoolMember>,
}

/// What a pool is to keep to; what is not said is not asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constraints {
    /// The largest share of packets lost, from 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss: Option<f64>,
    /// The longest time to a verdict that 99 of 100 flows keep to, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_p99_ms: Option<f64>,
    /// Memory for flows and their states, in 10^6 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_mb: Option<f64>,
    /// The lowest quality of a member, from 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lowest_quality: Option<f64>,
}

/// One pipeline of a pool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolMember {
    /// Its id in the study.
    pub id: String,
    /// Its spec, relative to the pool's file.
    pub spec: String,
    /// Macro-F1 on the validation part, from 0 to 1.
    pub quality: f64,
    /// The start of one flow with its first packet, in nanoseconds.
    pub start_ns: f64,
    /// One further packet of a flow up to its inference point, everything included, in nanoseconds.
    pub packet_ns: f64,
    /// One packet after it, in nanoseconds.
    pub absorbed_ns: f64,
    /// The verdict of one flow, in nanoseconds.
    pub verdict_ns: f64,
    /// A whole flow of the traffic that the pool was made from, in the mean, in nanoseconds.
    pub flow_ns: f64,
    /// State of one flow in bytes.
    pub state_bytes: u64,
}

/// Why a text is no pool.
#[derive(Debug, thiserror::Error)]
pub enum PoolFileError {
    /// It is not TOML of this form.
    #[error("{0}")]
    Form(#[from] toml::de::Error),
    /// It says what cannot be; one sentence for each mistake.
    #[error("{}", .0.join("; "))]
    Mistakes(Vec<String>),
}

impl PoolMember {
    /// What policies go by; `depth` is the packets up to the inference point of its spec, `None` where that is a flow's end.
    #[must_use]
    pub fn cost(&self, depth: Option<u32>) -> MemberCost {
        let Self { start_ns, packet_ns, absorbed_ns, verdict_ns, flow_ns: mean_ns, quality, .. } = *self;
        MemberCost { start_ns, packet_ns, absorbed_ns, verdict_ns, mean_ns, depth, quality }
    }
}

impl PoolFile {
    /// A pool of these members, which may be in any order: ascending in what a flow of theirs costs.
    #[must_use]
    pub fn new(constraints: Constraints, mut members: Vec<PoolMember>) -> Self {
        members.sort_by(|a, b| a.flow_ns.total_cmp(&b.flow_ns).then_with(|| a.id.cmp(&b.id)));
        Self { version: VERSION, constraints, worth: None, members }
    }

    /// Reads a pool.
    ///
    /// # Errors
    /// [`PoolFileError::Form`] where the text has another form, [`PoolFileError::Mistakes`], all of them, where it says what
    /// cannot be.
    pub fn from_toml(text: &str) -> Result<Self, PoolFileError> {
        let pool: Self = toml::from_str(text)?;
        let mistakes = pool.mistakes();
        if mistakes.is_empty() { Ok(pool) } else { Err(PoolFileError::Mistakes(mistakes)) }
    }

    /// The text of the file.
    ///
    /// # Errors
    /// Where the state of a member is larger than TOML has numbers.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(self)
    }

    fn mistakes(&self) -> Vec<String> {
        let mut mistakes = Vec::new();
        if self.version != VERSION {
            mistakes.push(format!("version {} is not known; this program reads {VERSION}", self.version));
        }
        if self.members.is_empty() || self.members.len() > super::Pool::MOST {
            mistakes.push(format!("a pool has 1 to {} members, not {}", super::Pool::MOST, self.members.len()));
        }
        let share = |value: f64| (0.0..=1.0).contains(&value);
        let positive = |value: f64| value.is_finite() && value > 0.0;
        let Constraints { loss, latency_p99_ms, memory_mb, lowest_quality } = self.constraints;
        for (name, value) in [("loss", loss), ("lowest_quality", lowest_quality)] {
            if let Some(value) = value.filter(|&value| !share(value)) {
                mistakes.push(format!("constraints: {name} is {value}, not a number from 0 to 1"));
            }
        }
        for (name, value) in [("latency_p99_ms", latency_p99_ms), ("memory_mb", memory_mb)] {
            if let Some(value) = value.filter(|&value| !positive(value)) {
                mistakes.push(format!("constraints: {name} is {value}, not a positive number"));
            }
        }
        for (at, member) in self.members.iter().enumerate() {
            let id = &member.id;
            if self.members[..at].iter().any(|other| other.id == *id) {
                mistakes.push(format!("member {id} stands there twice"));
            }
            if !share(member.quality) {
                mistakes.push(format!("member {id}: quality is {}, not a number from 0 to 1", member.quality));
            }
            let PoolMember { start_ns, packet_ns, absorbed_ns, verdict_ns, flow_ns, .. } = *member;
            let costs = [
                ("start_ns", start_ns),
                ("packet_ns", packet_ns),
                ("absorbed_ns", absorbed_ns),
                ("verdict_ns", verdict_ns),
                ("flow_ns", flow_ns),
            ];
            for (name, value) in costs {
                if !positive(value) {
                    mistakes.push(format!("member {id}: {name} is {value}, not a positive number"));
                }
            }
        }
        mistakes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(id: &str, packet_ns: f64) -> PoolMember {
        PoolMember {
            id: id.into(),
            spec: format!("specs/{id}/spec.toml"),
            quality: 0.9,
            start_ns: 2.0 * packet_ns,
            packet_ns,
            absorbed_ns: 20.0,
            verdict_ns: 300.0,
            flow_ns: 3.0 * packet_ns,
            state_bytes: 64,
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let constraints = Constraints { loss: Some(0.001), ..Constraints::default() };
        let pool = PoolFile::new(constraints, vec![member("e07", 200.0), member("e01", 100.0)]);
        assert_eq!(pool.members[0].id, "e01");
        let read = PoolFile::from_toml(&pool.to_toml().unwrap()).unwrap();
        assert_eq!(read, pool);
        let cost = read.members[1].cost(Some(3));
        assert_eq!((cost.packet_ns, cost.mean_ns, cost.depth), (200.0, 600.0, Some(3)));
    }

    #[test]
    fn all_mistakes_are_named() {
        let constraints = Constraints { loss: Some(2.0), memory_mb: Some(-1.0), ..Constraints::default() };
        let mut pool = PoolFile::new(constraints, vec![member("a", 1.0), member("a", f64::NAN)]);
        pool.version = 9;
        let error = PoolFile::from_toml(&pool.to_toml().unwrap()).unwrap_err().to_string();
        for part in ["version 9", "loss is 2", "memory_mb is -1", "a stands there twice", "packet_ns is NaN"] {
            assert!(error.contains(part), "{error}");
        }
        assert!(PoolFile::from_toml("version = 1").unwrap_err().to_string().contains("1 to 64 members, not 0"));
        assert!(matches!(PoolFile::from_toml("version = 1\nspeed = 2"), Err(PoolFileError::Form(_))));
    }
}
