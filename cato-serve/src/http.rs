//! One page over HTTP: small enough to be held by nobody.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::metrics::CONTENT_TYPE;

/// The most bytes of a request's head.
const HEAD: usize = 4096;
/// The most headers of a request.
const HEADERS: usize = 64;
/// How long a client may take to ask, and how long to take the answer.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long the thread waits for a client before it looks whether it is to stop.
const WAIT: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };

/// Answers `GET /metrics`, one client at a time and each for no longer than two seconds.
#[derive(Debug)]
pub(crate) struct Responder {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Responder {
    /// Listens at `address` and answers with what `page` gives then.
    ///
    /// # Errors
    /// Where nobody can listen there.
    pub(crate) fn start(address: SocketAddr, page: impl Fn() -> String + Send + 'static) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let stop = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&stop);
        let thread = thread::Builder::new().name("metrics".to_owned()).spawn(move || {
            while !asked.load(Ordering::Relaxed) {
                if let Some(client) = wait_for_client(&listener) {
                    // A client that went away or was too slow gets no answer, and nobody else is concerned.
                    let _ = answer(client, &page);
                }
            }
        })?;
        Ok(Self { address, stop, thread })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops listening.
    pub(crate) fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        // A thread that has ended by a fault has stopped as well.
        let _ = self.thread.join();
    }
}

fn wait_for_client(listener: &TcpListener) -> Option<TcpStream> {
    poll(&mut [PollFd::new(listener, PollFlags::IN)], Some(&WAIT)).ok()?;
    match listener.accept() {
        Ok((client, _)) => Some(client),
        // Among others where too many files are open, which passes.
        Err(error) if error.kind() != io::ErrorKind::WouldBlock => {
            thread::sleep(Duration::from_millis(10));
            None
        }
        Err(_) => None,
    }
}

fn answer(mut client: TcpStream, page: impl Fn() -> String) -> io::Result<()> {
    client.set_nonblocking(false)?;
    client.set_write_timeout(Some(PATIENCE))?;
    let (status, content, body) = match ask(&mut client)? {
        Request::Page { body: true } => ("200 OK", CONTENT_TYPE, page()),
        Request::Page { body: false } => ("200 OK", CONTENT_TYPE, String::new()),
        Request::Elsewhere => ("404 Not Found", "text/plain", "metrics are at /metrics\n".to_owned()),
        Request::OtherMethod => ("405 Method Not Allowed", "text/plain", "GET is what can be asked\n".to_owned()),
        Request::Unreadable => ("400 Bad Request", "text/plain", "this is no request\n".to_owned()),
    };
    let allow = if status.starts_with("405") { "Allow: GET, HEAD\r\n" } else { "" };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {content}\r\nContent-Length: {length}\r\n{allow}Connection: close\r\n\r\n"
    );
    client.write_all(&[head.as_bytes(), body.as_bytes()].concat())?;
    client.shutdown(Shutdown::Write)
}

/// What a client wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Request {
    Page { body: bool },
    Elsewhere,
    OtherMethod,
    Unreadable,
}

/// Reads the head of a request.
fn ask(client: &mut TcpStream) -> io::Result<Request> {
    let begun = Instant::now();
    let (mut head, mut len) = ([0; HEAD], 0);
    loop {
        let left = PATIENCE.checked_sub(begun.elapsed()).filter(|left| !left.is_zero());
        client.set_read_timeout(Some(left.ok_or(io::ErrorKind::TimedOut)?))?;
        let read = client.read(head.get_mut(len..).unwrap_or(&mut []))?;
        if read == 0 {
            return Ok(Request::Unreadable);
        }
        len += read;
        if let Some(request) = understand(head.get(..len).unwrap_or(&[])) {
            return Ok(request);
        }
    }
}

/// What the head of a request says, `None` where it is not there as a whole.
fn understand(head: &[u8]) -> Option<Request> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(head) {
        Ok(httparse::Status::Partial) => None,
        Err(_) => Some(Request::Unreadable),
        Ok(httparse::Status::Complete(_)) => {
            let path = request.path.unwrap_or_default().split('?').next();
            Some(match request.method {
                _ if path != Some("/metrics") => Request::Elsewhere,
                Some("GET") => Request::Page { body: true },
                Some("HEAD") => Request::Page { body: false },
                _ => Request::OtherMethod,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(address: SocketAddr, request: &[u8]) -> String {
        let mut client = TcpStream::connect(address).unwrap();
        client.write_all(request).unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn one_page_is_answered_and_nobody_holds_it_up() {
        let responder = Responder::start("127.0.0.1:0".parse().unwrap(), || "a 1\n".to_owned()).unwrap();
        let address = responder.address();
        // Says nothing, and another half a word.
        let silent = TcpStream::connect(address).unwrap();
        let mut slow = TcpStream::connect(address).unwrap();
        slow.write_all(b"GET /met").unwrap();

        let page = said(address, b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
        assert!(page.starts_with("HTTP/1.1 200 OK\r\n") && page.ends_with("\r\n\r\na 1\n"), "{page}");
        assert!(page.contains("Content-Length: 4\r\n") && page.contains("version=0.0.4"), "{page}");
        let head = said(address, b"HEAD /metrics?x=1 HTTP/1.0\r\n\r\n");
        assert!(head.starts_with("HTTP/1.1 200 OK") && head.ends_with("\r\n\r\n"), "{head}");
        for (request, status) in [
            (&b"GET / HTTP/1.1\r\n\r\n"[..], "404"),
            (b"DELETE /metrics HTTP/1.1\r\n\r\n", "405"),
            (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "400"),
            (&[b'a'; HEAD], "400"),
        ] {
            let said = said(address, request);
            assert!(said.starts_with(&format!("HTTP/1.1 {status} ")), "{said}");
        }
        drop((silent, slow));
        responder.stop();
        assert!(TcpStream::connect(address).is_err());
    }
}
