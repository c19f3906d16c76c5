use std::collections::{BTreeMap, BTreeSet};

use cato_codegen::spec::Depth;

use super::settings::tests::settings;
use super::*;
use crate::candidate::{Candidate, FeatureSet};
use crate::search::testing::{Synthetic, TableEvaluator, failed_evaluation, measured_evaluation};
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
            metric: crate::cost::CostMetric::ExecutionTime,
            latency: None,
            throughput: None,
        },
        noise: Noise { measurements: 4, cost_ns: cost / 100.0, macro_f1: 0.02 },
        within_noise_of: Vec::new(),
        stages: Vec::new(),
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

fn cost(evaluation: &Evaluation) -> Option<f64> {
    evaluation.objectives().map(|objectives| objectives.cost)
}

#[test]
fn measurements_made_again_outlive_a_stop_and_more_evaluations() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Study::create_or_resume(folder.path(), &settings()).unwrap();
    let failed = failed_evaluation(1, FeatureSet::EMPTY.with(1), Depth::All, "no");
    writer.append(evaluation(0)).unwrap();
    writer.append(failed).unwrap();
    let first = writer.study().evaluations()[0].measured().unwrap().cost;
    let again = |execution_time_ns| Cost { execution_time_ns, ..first };
    writer.append_measurement(0, again(130.0)).unwrap();
    writer.append_measurement(0, again(110.0)).unwrap();
    assert!(matches!(writer.append_measurement(1, first), Err(StudyError::NotMeasured { .. })), "it failed");
    assert!(matches!(writer.append_measurement(2, first), Err(StudyError::NotMeasured { .. })), "there is none");
    drop(writer);

    let path = folder.path().join(REMEASURED_FILE);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, [&whole[..], b"{\"id\":\"e0"].concat()).unwrap();
    let mut writer = Study::create_or_resume(folder.path(), &settings()).unwrap();
    writer.append(evaluation(2)).unwrap();
    writer.append_measurement(2, again(90.0)).unwrap();
    drop(writer);

    let study = Study::open(folder.path()).unwrap();
    assert_eq!(study.evaluations()[0], evaluation(0), "the search goes by the first measurement");
    assert_eq!(study.settled().iter().map(cost).collect::<Vec<_>>(), [Some(110.0), None, Some(95.0)]);
    let measurements = study.repeated().iter().map(|one| one.map_or(0, |one| one.measurements)).collect::<Vec<_>>();
    assert_eq!(measurements, [3, 0, 2]);

    for (line, message) in [("{\"id\":\"e07\"", "no measured evaluation e07"), ("{\"id\":\"e01\"", "e01")] {
        let text = String::from_utf8(whole.clone()).unwrap().replacen("{\"id\":\"e00\"", line, 1);
        fs::write(&path, text).unwrap();
        let error = Study::open(folder.path()).unwrap_err().to_string();
        assert!(error.contains("remeasured.jsonl: line 1") && error.contains(message), "{error}");
    }
}

#[test]
fn members_within_noise_are_named_to_each_other() {
    let mut members = [("e00", 0.80, 100.0), ("e01", 0.81, 101.0), ("e02", 0.90, 102.0), ("e03", 0.905, 130.0)]
        .map(|(id, quality, cost)| member(id, quality, cost));
    mark_noise(&mut members);
    let near = members.map(|member| member.within_noise_of.join(" "));
    assert_eq!(near, ["e01", "e00", "", ""], "e02 differs in F1 from those before it, in cost from the one after");
}

#[test]
fn a_front_from_before_noise_was_known_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let writer = Study::create_or_resume(folder.path(), &settings()).unwrap();
    let mut json = serde_json::to_value([member("e07", 0.5, 100.0)]).unwrap();
    json[0].as_object_mut().unwrap().retain(|field, _| !["noise", "within_noise_of"].contains(&field.as_str()));
    fs::write(folder.path().join(FRONT_FILE), json.to_string()).unwrap();
    assert_eq!(writer.study().front().unwrap()[0].noise, Noise::default());
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
    assert_eq!(
        fields(&json[0]),
        "cost depth features id model model_file noise spec task test validation within_noise_of"
    );
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
