use std::collections::{BTreeMap, BTreeSet};

use cato_codegen::spec::Depth;

use super::settings::tests::settings;
use super::*;
use crate::candidate::{Candidate, FeatureSet};
use crate::search::testing::{Synthetic, TableEvaluator, measured_evaluation};
use crate::search::{self, Cato, Priors, QUALITY_METRIC, SearchSolver};

fn evaluation(index: usize) -> Evaluation {
    measured_evaluation(index, FeatureSet::EMPTY.with(index), Depth::Packets(3), 0.5, 100.0)
}

fn member(id: &str, quality: f64, cost: f64) -> FrontMember {
    FrontMember {
        id: id.to_owned(),
        task: "classification".to_owned(),
        features: vec!["dur".to_owned(), "s_load".to_owned()],
        depth: Depth::Packets(4),
        model: "decision-tree".to_owned(),
        validation: BTreeMap::from([(QUALITY_METRIC.to_owned(), quality)]),
        test: BTreeMap::from([(QUALITY_METRIC.to_owned(), quality - 0.01)]),
        cost: MemberCost {
            execution_time_ns: cost,
            per_packet_ns: cost / 4.0,
            p99_ns: cost * 2.0,
            state_bytes: 24,
            code_bytes: 900,
        },
        spec: spec_file(id),
        model_file: model_file(id),
    }
}

#[test]
fn a_study_is_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("deep/study");
    let mut writer = Study::create_or_resume(&folder, &settings()).unwrap();
    writer.append(evaluation(0)).unwrap();
    writer.append(evaluation(1)).unwrap();
    drop(writer);

    let more = StudySettings { iterations: 90, ..settings() };
    let mut writer = Study::create_or_resume(&folder, &more).unwrap();
    assert_eq!(writer.study().evaluations(), [evaluation(0), evaluation(1)]);
    writer.append(evaluation(2)).unwrap();
    drop(writer);
    drop(Study::create_or_resume(&folder, &settings()).unwrap());

    let study = Study::open(&folder).unwrap();
    assert_eq!(study.evaluations().len(), 3);
    assert_eq!(study.settings().iterations, 90, "asking for less takes nothing back");
}

#[test]
fn other_settings_make_another_study() {
    let folder = tempfile::tempdir().unwrap();
    drop(Study::create_or_resume(folder.path(), &settings()).unwrap());
    let before = fs::read(folder.path().join(SETTINGS_FILE)).unwrap();
    let error = Study::create_or_resume(folder.path(), &StudySettings { seed: 2, ..settings() }).unwrap_err();
    assert!(error.to_string().contains("`seed` is 1 in the study and 2 in this command"), "{error}");
    assert_eq!(fs::read(folder.path().join(SETTINGS_FILE)).unwrap(), before);
}

#[test]
fn two_searches_do_not_share_a_study() {
    let folder = tempfile::tempdir().unwrap();
    let writer = Study::create_or_resume(folder.path(), &settings()).unwrap();
    let error = Study::create_or_resume(folder.path(), &settings()).unwrap_err();
    assert!(matches!(error, StudyError::InUse { .. }), "{error}");
    assert!(Study::open(folder.path()).is_ok(), "reading is free");
    drop(writer);
    assert!(Study::create_or_resume(folder.path(), &settings()).is_ok());
}

#[test]
fn a_torn_line_is_told_and_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(EVALUATIONS_FILE);
    let mut writer = Study::create_or_resume(folder.path(), &settings()).unwrap();
    writer.append(evaluation(0)).unwrap();
    drop(writer);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, [&whole[..], b"{\"index\":1,\"id\""].concat()).unwrap();

    let study = Study::open(folder.path()).unwrap();
    assert_eq!((study.evaluations().len(), study.torn()), (1, 15));
    assert_eq!(fs::metadata(&path).unwrap().len(), whole.len() as u64 + 15, "reading changes nothing");
    let writer = Study::create_or_resume(folder.path(), &settings()).unwrap();
    assert_eq!(writer.study().torn(), 15);
    assert_eq!(fs::read(&path).unwrap(), whole);
}

#[test]
fn folders_that_are_no_study_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Study::open(folder.path()), Err(StudyError::NotAStudy { .. })));
    assert!(matches!(Study::open(&folder.path().join("none")), Err(StudyError::NotAStudy { .. })));
    fs::write(folder.path().join(FRONT_FILE), "mine").unwrap();
    let error = Study::create_or_resume(folder.path(), &settings()).unwrap_err();
    assert!(matches!(error, StudyError::Foreign { file: FRONT_FILE, .. }), "{error}");
    assert!(!folder.path().join(SETTINGS_FILE).exists());
}

#[test]
fn damage_names_file_and_place() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Study::create_or_resume(folder.path(), &settings()).unwrap();
    writer.append(evaluation(0)).unwrap();
    assert!(matches!(writer.append(evaluation(0)), Err(StudyError::OutOfOrder { expected: 1, found: 0 })));
    drop(writer);

    fs::write(folder.path().join(EVALUATIONS_FILE), "{\"index\":0,}\n").unwrap();
    let error = Study::open(folder.path()).unwrap_err().to_string();
    assert!(error.contains("evaluations.jsonl: line 1, column 12"), "{error}");
    fs::write(folder.path().join(SETTINGS_FILE), "version = 1\nseed = ").unwrap();
    let error = Study::open(folder.path()).unwrap_err().to_string();
    assert!(error.contains("study.toml") && error.contains("line 2"), "{error}");
}

#[test]
fn the_front_is_kept_by_rising_cost() {
    let folder = tempfile::tempdir().unwrap();
    let writer = Study::create_or_resume(folder.path(), &settings()).unwrap();
    assert!(matches!(writer.study().front(), Err(StudyError::NoFront { .. })));
    let members = [member("e03", 0.9, 300.0), member("e01", 0.5, 100.0), member("e12", 0.95, 4_000.0)];
    writer.write_front(&members).unwrap();

    let study = Study::open(folder.path()).unwrap();
    let [e03, e01, e12] = members;
    assert_eq!(study.front().unwrap(), [e01.clone(), e03.clone(), e12.clone()]);
    assert_eq!(study.member("e12").unwrap(), e12);
    assert_eq!(study.pick(&Pick::Fastest).unwrap(), e01);
    assert_eq!(study.pick(&Pick::Knee).unwrap(), e03);
    assert!(study.member("e02").unwrap_err().to_string().contains("e01, e03, e12"));
}

#[test]
fn front_json_has_the_agreed_fields() {
    let json: serde_json::Value =
        serde_json::from_str(&super::member::to_json(&[member("e07", 0.5, 100.0)]).unwrap()).unwrap();
    let fields = |value: &serde_json::Value| {
        let fields: BTreeSet<_> = value.as_object().unwrap().keys().cloned().collect();
        fields.into_iter().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(fields(&json[0]), "cost depth features id model model_file spec task test validation");
    assert_eq!(fields(&json[0]["cost"]), "code_bytes execution_time_ns p99_ns per_packet_ns state_bytes");
    assert_eq!(json[0]["spec"], "specs/e07/spec.toml");
    assert_eq!(json[0]["model_file"], "specs/e07/model.json");
    assert_eq!(json[0]["depth"], 4);
}

#[test]
fn a_damaged_front_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let writer = Study::create_or_resume(folder.path(), &settings()).unwrap();
    let write = |text: &str| fs::write(folder.path().join(FRONT_FILE), text).unwrap();
    write("[{");
    assert!(writer.study().front().unwrap_err().to_string().contains("line 1 column 2"));
    let twice = member::to_json(&[member("e07", 0.5, 100.0), member("e07", 0.6, 200.0)]).unwrap();
    write(&twice);
    assert!(writer.study().front().unwrap_err().to_string().contains("two members"));
    write(&twice.replace("dur", "durr"));
    assert!(writer.study().front().unwrap_err().to_string().contains("durr"));
}

#[test]
fn a_search_killed_while_it_writes_goes_on_from_the_disk() {
    let synthetic = Synthetic::new(12, 4);
    let lookup = |candidate: &Candidate| Ok(synthetic.objectives(candidate));
    let solver = || {
        let priors = Priors::new((0..12).collect(), &synthetic.information, 50).unwrap();
        SearchSolver::new(Cato::new(priors, 1))
    };
    let straight = search::run(solver(), TableEvaluator::new(&lookup), Vec::new(), 12, |_| ()).unwrap();

    let folder = tempfile::tempdir().unwrap();
    for lives in [3, 0, 5, 100] {
        let mut writer = Study::create_or_resume(folder.path(), &settings()).unwrap();
        let finished = writer.study().evaluations().to_vec();
        let evaluator = Recorded::new(TableEvaluator::dying_after(&lookup, lives), &mut writer);
        let result = search::run(solver(), evaluator, finished, 12, |_| ());
        assert_eq!(result.is_ok(), lives == 100);
        drop(writer);
        let path = folder.path().join(EVALUATIONS_FILE);
        fs::write(&path, [&fs::read(&path).unwrap()[..], b"{\"ind"].concat()).unwrap();
    }
    let candidates = |evaluations: &[Evaluation]| evaluations.iter().map(|e| e.candidate).collect::<Vec<_>>();
    let study = Study::open(folder.path()).unwrap();
    assert_eq!(candidates(study.evaluations()), candidates(&straight.evaluations));
}
